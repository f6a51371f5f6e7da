import { IconAlertTriangle, IconCheck, IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../session/api.ts';
import { usePlace, useSession } from '../session/session.tsx';
import { formatTime } from '../ui/format.ts';
import { onIntent } from '../ui/on-intent.tsx';
import { useDraft, useDrafts } from './drafts.tsx';
import { formFromServer } from './form.view-model.ts';

const TagMenu = onIntent<{ readonly tags: readonly string[]; readonly choose: (tag: string) => void }>(async () => (await import('./tag-menu.tsx')).TagMenu);

/** Notes, tags and outcome (S2.27): open from the answer on, so that nobody has to remember until the end. */
export function FormCard({ conversationId, focus = false, children }: { readonly conversationId: string; readonly focus?: boolean; readonly children?: ReactNode }) {
  const { t } = useTranslation();
  const session = useSession();
  const drafts = useDrafts();
  const draft = useDraft(conversationId);
  const notes = useRef<HTMLTextAreaElement>(null);
  const { data } = useQuery({ queryKey: ['conversation', conversationId], queryFn: ({ signal }) => api.conversation(conversationId, signal) });
  const fromServer = data ? formFromServer(data, session.userId) : null;
  useEffect(() => {
    drafts.open(conversationId, fromServer);
    return () => void drafts.flush(conversationId);
  }, [drafts, conversationId, data]);
  useEffect(() => {
    if (focus) notes.current?.focus();
  }, [focus, conversationId]);
  const form = draft?.form ?? { note: '', tags: [], outcome: null };
  return (
    <article className="card wrap">
      <div className="head">
        <h2>{t('workspace.form.notes')}</h2>
        <SaveState conversationId={conversationId} />
      </div>
      <textarea ref={notes} aria-label={t('workspace.form.notesLabel')} placeholder={t('workspace.form.notesHint')} maxLength={10_000} value={form.note} onChange={(event) => drafts.change(conversationId, { note: event.target.value })} />
      <div className="foot">
        <TagPicker tags={form.tags} choose={(tags) => drafts.change(conversationId, { tags: [...tags] })} />
        <OutcomePicker outcome={form.outcome} choose={(outcome) => drafts.change(conversationId, { outcome })} />
      </div>
      {children}
    </article>
  );
}

function SaveState({ conversationId }: { readonly conversationId: string }) {
  const { t } = useTranslation();
  const place = usePlace();
  const draft = useDraft(conversationId);
  const text = draft?.state === 'saving' ? t('workspace.form.saving') : draft?.state === 'unsaved' ? t('workspace.form.unsaved') : draft?.state === 'saved' && draft.savedAt !== null ? t('workspace.form.saved', { time: formatTime(draft.savedAt, place) }) : '';
  return (
    <span className={`end small ${draft?.state === 'unsaved' ? 'bad-text' : 'faint'}`} role="status">
      {draft?.state === 'saved' ? <IconCheck className="i i-s" aria-hidden={true} /> : draft?.state === 'unsaved' ? <IconAlertTriangle className="i i-s" aria-hidden={true} /> : null}
      {text}
    </span>
  );
}

export function TagPicker({ tags, choose }: { readonly tags: readonly string[]; readonly choose: (tags: readonly string[]) => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const left = session.tags.filter((tag) => !tags.includes(tag));
  return (
    <div>
      <span className="lab">{t('workspace.form.tags')}</span>
      <div className="chips">
        {tags.map((tag) => (
          <span key={tag} className="chip">
            {tag}
            <button type="button" aria-label={t('common.remove', { name: tag })} onClick={() => choose(tags.filter((present) => present !== tag))}>
              <IconX className="i" aria-hidden={true} />
            </button>
          </span>
        ))}
        {left.length > 0 ? (
          <TagMenu
            tags={left}
            choose={(tag) => choose([...tags, tag])}
            closed={(press) => (
              <button type="button" className="chip add" aria-haspopup="menu" aria-expanded={false} onClick={press}>
                <IconPlus className="i" aria-hidden={true} />
                {t('workspace.form.addTag')}
              </button>
            )}
          />
        ) : session.tags.length === 0 ? (
          <span className="small faint">{t('workspace.form.noTags')}</span>
        ) : null}
      </div>
    </div>
  );
}

export function OutcomePicker({ outcome, choose, labelled = false }: { readonly outcome: string | null; readonly choose: (outcome: string | null) => void; readonly labelled?: boolean }) {
  const { t } = useTranslation();
  const { outcomes } = useSession();
  const id = useId();
  return (
    <div>
      {/* Where a heading names it already, the label is only heard. */}
      <label className={labelled ? 'sr' : 'lab'} htmlFor={id}>
        {t('workspace.form.outcome')}
      </label>
      <select id={id} className={`field pick ${outcome === null ? 'nothing' : ''}`} value={outcome ?? ''} onChange={(event) => choose(event.target.value === '' ? null : event.target.value)}>
        <option value="">{t('workspace.form.chooseOutcome')}</option>
        {[...new Set([...outcomes, ...(outcome === null ? [] : [outcome])])].map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </div>
  );
}
