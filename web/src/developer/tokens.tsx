import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { useFormat } from '../i18n/format';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { Choose, Line } from '../ui/choose';
import { announce } from '../ui/notices';
import { CreateToken, RevokeToken, type Scope, type Token } from './documents';
import { useTexts } from './texts';

const SCOPES = ['WRITE', 'READ'] as const;

/** The tokens of the one who is signed in: made, shown once, revoked. */
export function Tokens({ tokens, onChange }: { tokens: Token[]; onChange: () => void }) {
  const texts = useTexts();
  const format = useFormat();
  const command = useCommand();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('WRITE');
  const [secret, setSecret] = useState('');

  async function create(event: FormEvent) {
    event.preventDefault();
    const made = ask(CreateToken, { input: { name, scope } }).then(data => data.createToken);
    const errors = await command.run(made);
    if (errors.length > 0) return;
    setSecret((await made).secret ?? '');
    setName('');
    onChange();
  }

  async function revoke(id: string) {
    await command.run(ask(RevokeToken, { input: { id } }).then(data => data.revokeToken));
    onChange();
  }

  return (
    <Section title={texts.tokens} count={tokens.filter(each => !each.revokedAt).length}>
      <p>{texts.tokensWhy}</p>
      {secret && <Secret secret={secret} onHide={() => setSecret('')} />}
      {tokens.length === 0 && <p className="record-none">{texts.noTokens}</p>}
      <ul className="developer-tokens">
        {tokens.map(token => (
          <li key={token.id} data-revoked={token.revokedAt ? '' : undefined}>
            <strong>{token.name}</strong>
            <span className="chip">{texts.scopes[token.scope]}</span>
            <span className="record-soft">{texts.created(format.day(token.createdAt))}</span>
            {token.revokedAt ? (
              <span className="chip">{texts.revoked}</span>
            ) : (
              <button type="button" className="button" aria-label={texts.revoke(token.name)} onClick={() => void revoke(token.id)}>
                {texts.revokeShort}
              </button>
            )}
          </li>
        ))}
      </ul>
      <form className="add-one" onSubmit={event => void create(event)}>
        <Line label={texts.tokenName} value={name} onChange={setName} maxLength={255} required />
        <Choose
          label={texts.scope}
          value={scope}
          onChange={value => setScope(value as Scope)}
          choices={SCOPES.map(value => ({ value, name: texts.scopes[value] }))}
        />
        <button className="button" data-kind="main" disabled={command.busy}>
          {texts.create}
        </button>
      </form>
      <Refusal>{command.refusal}</Refusal>
    </Section>
  );
}

function Secret({ secret, onHide }: { secret: string; onHide: () => void }) {
  const texts = useTexts();
  return (
    <div className="developer-secret" role="status">
      <p>{texts.secret}</p>
      <code>{secret}</code>
      <p className="developer-links">
        {/* Browsers offer the clipboard on https and on this machine only; elsewhere the text can be marked. */}
        {navigator.clipboard && (
          <button type="button" className="button" onClick={() => void navigator.clipboard.writeText(secret).then(() => announce(texts.copied))}>
            {texts.copy}
          </button>
        )}
        <button type="button" className="button" onClick={onHide}>
          {texts.hide}
        </button>
      </p>
    </div>
  );
}
