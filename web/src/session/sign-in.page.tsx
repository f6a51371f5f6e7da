import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageSwitch } from '../ui/language-switch.tsx';
import { Mark } from '../ui/mark.tsx';
import { api } from './api.ts';
import { errorText } from './error-text.view-model.ts';
import { queryClient } from './session.tsx';
import { CordBoard } from './cord-board.tsx';
import { checkSignIn, type SignInFault } from './sign-in.view-model.ts';
import './sign-in.css';

export function SignInPage() {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = t('signIn.pageTitle');
  }, [t]);
  return (
    <div className="sign-in">
      <aside className="art">
        <CordBoard />
        <div className="brand">
          <Mark />
          {t('common.productName')}
        </div>
        <span />
        <div className="words">
          <p className="claim">{t('signIn.claim')}</p>
        </div>
      </aside>
      <main className="form">
        <LanguageSwitch />
        <SignInForm />
      </main>
    </div>
  );
}

function SignInForm() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/sign-in' });
  const [faults, setFaults] = useState<Partial<Record<'email' | 'password', SignInFault>>>({});
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const enter = useMutation({
    mutationFn: ({ address, secret }: { readonly address: string; readonly secret: string }) => api.signIn(address, secret),
    onSuccess: (session) => {
      queryClient.clear();
      queryClient.setQueryData(['session'], session);
      void navigate({ to: next ?? '/workspace' });
    },
    onError: () => password.current?.select(),
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const address = email.current?.value.trim() ?? '';
        const secret = password.current?.value ?? '';
        const found = checkSignIn(address, secret);
        setFaults(found);
        if (found.email) return email.current?.focus();
        if (found.password) return password.current?.focus();
        enter.mutate({ address, secret });
      }}
    >
      <h1>{t('signIn.title')}</h1>
      <p>{t('signIn.subtitle')}</p>
      <label className="f">
        <span>{t('signIn.email')}</span>
        <input ref={email} className="field" type="email" name="email" autoComplete="username" autoFocus aria-invalid={faults.email !== undefined} aria-describedby={faults.email ? 'email-fault' : undefined} />
        <Fault id="email-fault" fault={faults.email} />
      </label>
      <PasswordField input={password} fault={faults.password} />
      {enter.error ? (
        <p className="refusal" role="alert">
          {errorText(enter.error, t)}
        </p>
      ) : null}
      <button className="btn primary" type="submit" disabled={enter.isPending}>
        {enter.isPending ? t('signIn.submitting') : t('signIn.submit')}
      </button>
      <section className="demo">
        <h2 className="eyebrow">{t('signIn.lostTitle')}</h2>
        <p>{t('signIn.lostText')}</p>
      </section>
    </form>
  );
}

function PasswordField({ input, fault }: { readonly input: React.RefObject<HTMLInputElement | null>; readonly fault: SignInFault | undefined }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <div className="f">
      <label htmlFor="password">{t('signIn.password')}</label>
      <div className="secret">
        <input ref={input} id="password" className="field" type={shown ? 'text' : 'password'} name="password" autoComplete="current-password" aria-invalid={fault !== undefined} aria-describedby={fault ? 'password-fault' : undefined} />
        <button type="button" className="btn plain icon" aria-label={shown ? t('signIn.hidePassword') : t('signIn.showPassword')} aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? <IconEyeOff className="i" aria-hidden={true} /> : <IconEye className="i" aria-hidden={true} />}
        </button>
      </div>
      <Fault id="password-fault" fault={fault} />
    </div>
  );
}

function Fault({ id, fault }: { readonly id: string; readonly fault: SignInFault | undefined }) {
  const { t } = useTranslation();
  return fault ? (
    <small id={id} className="bad-text">
      {t(`signIn.${fault}`)}
    </small>
  ) : null;
}
