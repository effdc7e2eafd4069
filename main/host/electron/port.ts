import { type IpcMainEvent, ipcMain, MessageChannelMain, type MessagePortMain } from 'electron';
import { serveMessagePort } from '../../api/index.ts';
import type { App } from '../../app/index.ts';
import type { Logger } from '../../platform/index.ts';
import { isOwnAddress } from './address.ts';

/** The two words between the shell and the preload. */
const PORT_WANTED = 'midwatch:port-wanted';
const PORT_HANDED = 'midwatch:port';
/** A page that asks again and again must not pile ports up here. */
const PORTS_MAX = 8;

/** Hands each page of ours a port to the core as soon as there is one, and nobody else. */
export function handOutPorts(core: Promise<App>, log: Logger): void {
  const open: MessagePortMain[] = [];
  const handOut = (event: IpcMainEvent, { api, actor }: App) => {
    // The page may have gone elsewhere while the core started.
    if (event.sender.isDestroyed() || !isFromOurPage(event)) return;
    const { port1, port2 } = new MessageChannelMain();
    serveMessagePort(api, port1, { actor });
    port1.start();
    event.sender.postMessage(PORT_HANDED, null, [port2]);
    open.push(port1);
    for (const old of open.splice(0, open.length - PORTS_MAX)) old.close();
  };
  ipcMain.on(PORT_WANTED, (event) => {
    if (!isFromOurPage(event)) return log.warn({}, 'a port was refused: the page that asked is not ours');
    // A core that did not start is said by whoever started it; there is nothing to hand out then.
    core.then((app) => handOut(event, app)).catch(() => log.debug({}, 'no port was handed out'));
  });
}

/** The sender is the top frame of its page, and that page is at our own address at this moment. */
function isFromOurPage({ senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwnAddress(senderFrame.url);
}
