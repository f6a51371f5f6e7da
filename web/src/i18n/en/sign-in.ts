import type { Texts } from '../texts.ts';

export const signIn: Texts['signIn'] = {
  title: 'Sign in',
  pageTitle: 'Sign in · Centralita',
  subtitle: 'With the email and password of the contact center.',
  claim: 'Every call, with whoever can serve it best.',
  email: 'Email',
  password: 'Password',
  showPassword: 'Show password',
  hidePassword: 'Hide password',
  submit: 'Sign in',
  submitting: 'Signing in…',
  emailMissing: 'The email is missing.',
  emailInvalid: 'The email does not look right; it should be like name@example.com.',
  passwordMissing: 'The password is missing.',
  lostTitle: 'No password?',
  lostText: 'In the demo installation the passwords are printed when the server starts, and again with “npm run credentials”.',
};
