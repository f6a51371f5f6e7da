export type SignInFault = 'emailMissing' | 'emailInvalid' | 'passwordMissing';

/** Only what the person can put right before asking the server. */
export function checkSignIn(email: string, password: string): Partial<Record<'email' | 'password', SignInFault>> {
  return {
    ...(email === '' ? { email: 'emailMissing' as const } : /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? {} : { email: 'emailInvalid' as const }),
    ...(password === '' ? { password: 'passwordMissing' as const } : {}),
  };
}
