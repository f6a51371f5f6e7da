import { Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Overlays } from '../ui/overlays.tsx';

/** The account's tags that the conversation does not have yet; stays open, since they come in twos and threes. */
export function TagMenu({ tags, choose, startOpen }: { readonly tags: readonly string[]; readonly choose: (tag: string) => void; readonly startOpen: boolean }) {
  const { t } = useTranslation();
  return (
    <Overlays>
      <Menu position="top-start" loop withInitialFocusPlaceholder={false} defaultOpened={startOpen}>
        <Menu.Target>
          <button type="button" className="chip add">
            <IconPlus className="i" aria-hidden={true} />
            {t('workspace.form.addTag')}
          </button>
        </Menu.Target>
        <Menu.Dropdown mah={320} className="scrolls">
          {tags.map((tag) => (
            <Menu.Item key={tag} closeMenuOnClick={tags.length === 1} onClick={() => choose(tag)}>
              {tag}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Overlays>
  );
}
