import { CodedError } from '../../shared/error/coded.ts';
import type { Vault } from '../platform/index.ts';
import { answering, procedures } from './context.ts';

/** Requests about secrets. They are written and never answered. */
export function secretRouter(vault: Pick<Vault, 'keep' | 'problem'>) {
  const at = procedures.secret;
  const place = async () => {
    const problem = await vault.problem();
    return { place: problem === null ? ('sealed' as const) : ('session' as const), problem };
  };
  return at.router({
    place: at.place.handler(({ errors }) => answering(errors, place)),
    keep: at.keep.handler(({ input, errors }) =>
      answering(errors, async () => {
        const kept = await vault.keep(input.name, input.secret);
        if (!kept.ok) throw new CodedError('secret-not-kept', `Nothing was kept. ${kept.error}`);
        const { problem } = await place();
        return { place: kept.value, reference: `keychain:${input.name}`, problem };
      }),
    ),
  });
}
