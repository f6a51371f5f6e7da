import type { CallPage } from '@centralita/contract';
import { IconGridDots, IconHeadphones, IconMicrophone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, hasChosenLanguage } from '../i18n/index.ts';
import { ApiError } from '../session/api-client.ts';
import { api } from '../session/api.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { LanguageSwitch } from '../ui/language-switch.tsx';
import { Mark } from '../ui/mark.tsx';
import { Failure, Skeleton } from '../ui/parts.tsx';
import { CallBox } from './call-box.tsx';
import { squareInitials } from './call.view-model.ts';
import './call-us.css';

/** The public page of an account: one button, and a person answers. */
export function CallUsPage() {
  const { t } = useTranslation();
  const { slug } = useParams({ strict: false }) as { slug: string };
  const { data: page, error, isPending, refetch } = useQuery({ queryKey: ['call-page', slug], queryFn: ({ signal }) => api.callPage(slug, signal), staleTime: 60_000 });
  useEffect(() => {
    if (page && !hasChosenLanguage()) void chooseLanguage(page.language, false);
  }, [page]);
  useEffect(() => {
    if (page) document.title = t('callPage.pageTitle', { name: page.accountName });
  }, [page, t]);
  return (
    <div className="call-us">
      <header className="top">
        {page ? (
          <>
            <span className="sq" aria-hidden="true">
              {squareInitials(page.accountName)}
            </span>
            <b>{page.accountName}</b>
          </>
        ) : null}
        <LanguageSwitch />
      </header>
      {page ? (
        <Stage page={page} slug={slug} />
      ) : (
        <main className="stage single">
          {isPending ? (
            <div className="card in">
              <Skeleton lines={6} height={28} />
            </div>
          ) : error instanceof ApiError && error.code === 'not-found' ? (
            <Failure title={t('callPage.states.missingTitle')} text={t('callPage.states.missingText')} />
          ) : (
            <Failure title={t('callPage.states.loadFailedTitle')} text={errorText(error, t)} retry={() => void refetch()} />
          )}
        </main>
      )}
      <footer className="bot">
        <span className="by">
          <Mark />
          {t('callPage.by')}
        </span>
      </footer>
    </div>
  );
}

function Stage({ page, slug }: { readonly page: CallPage; readonly slug: string }) {
  const { t } = useTranslation();
  return (
    <main className="stage">
      <div className="txt">
        <h1>{t('callPage.heading', { name: page.accountName })}</h1>
        <p className="lead">{t('callPage.lead')}</p>
        <ul className="how">
          <li>
            <span className="b">
              <IconMicrophone className="i" aria-hidden={true} />
            </span>
            <div>
              <b>{t('callPage.how.microphone')}</b>
              <p>{t('callPage.how.microphoneText')}</p>
            </div>
          </li>
          <li>
            <span className="b">
              <IconGridDots className="i" aria-hidden={true} />
            </span>
            <div>
              <b>{t('callPage.how.menu')}</b>
              <p>{t('callPage.how.menuText')}</p>
            </div>
          </li>
          <li>
            <span className="b">
              <IconHeadphones className="i" aria-hidden={true} />
            </span>
            <div>
              <b>{t('callPage.how.person')}</b>
              <p>{t('callPage.how.personText')}</p>
            </div>
          </li>
        </ul>
      </div>
      <CallBox page={page} slug={slug} />
    </main>
  );
}

