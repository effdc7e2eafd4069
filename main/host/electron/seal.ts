import { safeStorage } from 'electron';
import type { Seal } from '../../platform/index.ts';

/** With these the key would lie beside what it locks. */
const UNSAFE: readonly string[] = ['basic_text', 'unknown'];
const INSTEAD = 'so secrets are kept for this session only. Name them as env:NAME or file:PATH, or';

/** The system's keyring, asked each time: a desktop session may lock it or bring another one. */
export const systemSeal: Seal = {
  async problem() {
    const backend = process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : 'system';
    if (UNSAFE.includes(backend))
      return `This desktop has no keyring that can be trusted (it offers "${backend}"), ${INSTEAD} start gnome-keyring or KWallet.`;
    if (await safeStorage.isAsyncEncryptionAvailable()) return null;
    return `The system’s keyring is locked or missing, ${INSTEAD} unlock it and start Midwatch again.`;
  },
  close: (text) => safeStorage.encryptStringAsync(text),
  open: async (bytes) => (await safeStorage.decryptStringAsync(bytes)).result,
};
