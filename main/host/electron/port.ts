import { type IpcMainEvent, ipcMain, MessageChannelMain, type MessagePortMain } from 'electron';
import { serveMessagePort } from '../../api/index.ts';
import type { App } from '../../app/index.ts';
import type { Logger } from '../../platform/index.ts';
import { isOwnAddress } from './address.ts';

/** The two words between the shell and the preload. */
const WINDOW_READY = 'midwatch:ready';
const PORT_HANDED = 'midwatch:port';
/** A page that asks again and again must not pile ports up here. */
const PORTS_MAX = 8;

/** Hands each page of ours a port at once, and nobody else; what it asks waits in the port until there is a core. */
export function handOutPorts(core: Promise<App>, log: Logger): void {
  const open: MessagePortMain[] = [];
  ipcMain.on(WINDOW_READY, (event) => {
    if (!isFromOurPage(event)) return log.warn({}, 'a port was refused: the page that asked is not ours');
    const { port1, port2 } = new MessageChannelMain();
    event.sender.postMessage(PORT_HANDED, null, [port2]);
    open.push(port1);
    for (const old of open.splice(0, open.length - PORTS_MAX)) old.close();
    const serve = ({ api, actor }: App) => {
      serveMessagePort(api, port1, { actor });
      port1.start();
    };
    // A core that did not start is said by whoever started it.
    core.then(serve, () => port1.close());
  });
}

/** The sender is the top frame of its page, and that page is at our own address at this moment. */
function isFromOurPage({ senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwnAddress(senderFrame.url);
}
