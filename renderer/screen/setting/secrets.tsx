import { useState } from 'react';
import { useStore } from 'zustand';
import { SECRET_NAME } from '../../state/secret.ts';
import { useBusy, useCore, useRefresh } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import styles from './setting.module.css';

/** A secret goes in here and never comes out: the configuration names it, and the core alone reads it. */
export function Secrets() {
  const core = useCore();
  const busy = useBusy('secret');
  const { place, problem, kept } = useStore(core.secret.store);
  const [name, setName] = useState('');
  const [secret, setSecret] = useState('');
  useRefresh('secret-place', 0, () => void core.secret.refresh());
  const isNamed = SECRET_NAME.test(name);
  const keep = async () => {
    if (await core.secret.keep(name, secret)) setSecret('');
  };
  return (
    <section className="box" aria-labelledby="secrets">
      <div className="box-head">
        <h2 id="secrets">Secrets</h2>
        <span className="t3 s12">{PLACES[place ?? 'unknown']}</span>
      </div>
      <Form
        className={`form ${styles.secret}`}
        onSubmit={() => {
          if (isNamed && secret !== '' && !busy) void keep();
        }}
      >
        {problem !== null && <p className={`s12 ${styles.trouble}`}>{problem}</p>}
        <label>
          Name: letters, digits, “.”, “-” and “_”
          <input
            type="text"
            maxLength={100}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={name !== '' && !isNamed}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label>
          Secret
          <input
            type="password"
            maxLength={65_536}
            autoComplete="new-password"
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
          />
        </label>
        <div className="line wrap">
          <Button type="submit" busy={busy} disabled={!isNamed || secret === ''} onPress={() => void keep()}>
            Keep secret
          </Button>
          <span className="s12 t2" role="status">
            {kept ? (
              <>
                {kept.place === 'sealed' ? 'Kept.' : 'Held until Midwatch ends.'} Name it in midwatch.yaml as{' '}
                <code>{kept.reference}</code>
              </>
            ) : (
              <>
                midwatch.yaml names it as <code>keychain:{isNamed ? name : 'NAME'}</code>
              </>
            )}
          </span>
        </div>
      </Form>
    </section>
  );
}

const PLACES = {
  unknown: 'asking where they are kept',
  sealed: 'kept in this system’s keyring',
  session: 'held in memory, for this session only',
} as const;
