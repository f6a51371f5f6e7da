import { IconBook, IconCircle, IconCircleDashed, IconCoffee, IconHeadphones, IconPhoneOff, IconUserOff, IconSchool, IconSoup, IconUsers } from '@tabler/icons-react';
import type { ComponentType } from 'react';

const icons: Readonly<Record<string, ComponentType<{ className?: string; 'aria-hidden'?: boolean }>>> = {
  available: IconCircle,
  ready: IconCircle,
  coffee: IconCoffee,
  break: IconCoffee,
  pause: IconCoffee,
  lunch: IconSoup,
  meal: IconSoup,
  meeting: IconUsers,
  training: IconSchool,
  book: IconBook,
  away: IconUserOff,
  busy: IconPhoneOff,
  offline: IconCircleDashed,
  work: IconHeadphones,
};

/** The account names an icon for each status; one that we do not have falls back to a ring or a cup. */
export function StatusIcon({ icon, takesWork }: { readonly icon: string; readonly takesWork: boolean }) {
  if (takesWork && (icon === 'available' || !icons[icon])) return <span className="ring-dot" aria-hidden="true" />;
  const Icon = icons[icon] ?? IconCoffee;
  return <Icon className="i i-s" aria-hidden={true} />;
}
