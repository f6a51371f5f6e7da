import { ignoreFailure } from '@centralita/kernel';

/** Lights the lamp on the tab: title and icon. Null puts both back. */
export function showOnTab(title: string | null, ringing: boolean, ordinaryTitle: string): void {
  document.title = title ?? ordinaryTitle;
  const icon = document.querySelector<HTMLLinkElement>('#favicon');
  const address = ringing ? '/mark-ringing.svg' : '/mark.svg';
  if (icon && !icon.href.endsWith(address)) icon.href = address;
}

export type NoticePermission = 'granted' | 'denied' | 'default' | 'unsupported';
export const noticePermission = (): NoticePermission => ('Notification' in window ? Notification.permission : 'unsupported');

export async function askForNotices(): Promise<NoticePermission> {
  return 'Notification' in window ? Notification.requestPermission() : 'unsupported';
}

/** One notice per ringing call: the tag is the offer or the call, so that several tabs and repeated changes show a single one. */
export function notifyRinging(id: string, title: string, body: string): () => void {
  if (noticePermission() !== 'granted') return () => {};
  let notice: Notification | undefined;
  // Android's Chrome only notifies from a service worker and throws here.
  ignoreFailure('system notice', () => {
    notice = new Notification(title, { body, tag: id, icon: '/mark-ringing.svg', requireInteraction: true });
    notice.onclick = () => {
      window.focus();
      notice?.close();
    };
  });
  return () => notice?.close();
}
