import { useState } from 'react';
import { type AuthChoice, idOfUrl, isSecure, type SourceDraft } from '../../state/add-source.ts';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import styles from './add-source.module.css';

const AUTHS: readonly (readonly [AuthChoice, string])[] = [
  ['none', 'None'],
  ['bearer', 'Bearer token'],
  ['basic', 'User and password'],
];

/** Where the source is, and how it knows us. */
export function SourceForm({
  draft,
  problem,
  busy,
  onChange,
  onSubmit,
  onClose,
}: {
  draft: SourceDraft;
  problem: string | null;
  busy: boolean;
  onChange: (draft: SourceDraft) => void;
  onSubmit: (typedSecret: string) => void;
  onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const secret = draft.auth !== 'none';
  const ready = draft.url.trim() !== '' && (!secret || draft.reference !== '' || typed !== '');
  return (
    <Form
      onSubmit={() => {
        if (ready && !busy) onSubmit(typed);
      }}
    >
      <label>
        <span>Address</span>
        <input
          type="text"
          data-focus
          spellCheck={false}
          placeholder="https://prometheus.example"
          value={draft.url}
          onChange={(event) => onChange({ ...draft, url: event.target.value })}
        />
      </label>
      <label>
        <span>Name in the workspace</span>
        <input
          type="text"
          spellCheck={false}
          maxLength={63}
          placeholder={idOfUrl(draft.url)}
          value={draft.id}
          onChange={(event) =>
            onChange({ ...draft, id: event.target.value.replaceAll(/[^A-Za-z0-9_.-]/g, '-') })
          }
        />
      </label>
      {isSecure(draft.url) && (
        <label>
          <span>Certificate authority, where it is your own: the path of its PEM file</span>
          <input
            type="text"
            spellCheck={false}
            maxLength={500}
            placeholder="/etc/ssl/our-ca.pem"
            value={draft.ca}
            onChange={(event) => onChange({ ...draft, ca: event.target.value })}
          />
        </label>
      )}
      <fieldset className={styles.auth}>
        <legend>Credentials</legend>
        {AUTHS.map(([auth, label]) => (
          <label key={auth}>
            <input
              type="radio"
              name="auth"
              checked={draft.auth === auth}
              onChange={() => onChange({ ...draft, auth })}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <Credentials draft={draft} typed={typed} onChange={onChange} onTyped={setTyped} />
      {problem !== null && (
        <p className={styles.trouble} role="alert">
          {problem}
        </p>
      )}
      <div className="line">
        <Button
          type="submit"
          kind="primary"
          caps={['Enter']}
          busy={busy}
          disabled={!ready}
          onPress={() => undefined}
        >
          Look
        </Button>
        <Button onPress={onClose}>Cancel</Button>
      </div>
    </Form>
  );
}

function Credentials({
  draft,
  typed,
  onChange,
  onTyped,
}: {
  draft: SourceDraft;
  typed: string;
  onChange: (draft: SourceDraft) => void;
  onTyped: (secret: string) => void;
}) {
  return (
    <>
      {draft.auth === 'basic' && (
        <label>
          <span>User</span>
          <input
            type="text"
            autoComplete="off"
            value={draft.username}
            onChange={(event) => onChange({ ...draft, username: event.target.value })}
          />
        </label>
      )}
      {draft.auth !== 'none' && (
        <>
          <label>
            <span>Secret by reference: env:NAME, file:PATH or keychain:NAME</span>
            <input
              type="text"
              spellCheck={false}
              value={draft.reference}
              onChange={(event) => onChange({ ...draft, reference: event.target.value })}
            />
          </label>
          <label>
            <span>or type it here; it goes to the keyring and never into a file</span>
            <input
              type="password"
              className={styles.secret}
              autoComplete="off"
              value={typed}
              onChange={(event) => onTyped(event.target.value)}
            />
          </label>
        </>
      )}
    </>
  );
}
