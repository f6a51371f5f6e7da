import { expect, test } from 'vitest';
import { readDtmfInfo } from './dtmf-info.ts';
import { SipRequest } from './sip-message.ts';

test.each([
  ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', { digit: '5', durationMs: 160 }],
  ['Application/DTMF-Relay', 'Signal= *\nDuration= 250', { digit: '*', durationMs: 250 }],
  ['application/dtmf-relay', 'Signal=11\r\n', { digit: '#', durationMs: 100 }],
  ['application/dtmf', '9', { digit: '9', durationMs: 100 }],
  ['application/dtmf-relay', 'Signal=99', undefined],
  ['text/plain', '5', undefined],
])('RFC 6086: the digit of an INFO: %s %j', (type, body, digit) => {
  expect(readDtmfInfo(new SipRequest('INFO', 'sip:a@b').setBody(type, body))).toEqual(digit);
});
