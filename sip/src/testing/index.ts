export { virtualTimers, type VirtualTimers } from './virtual-timers.ts';
export { TestPhone, type TestPhoneOptions } from './test-phone.ts';
export { TestCall } from './test-call.ts';
export { RawClient } from './raw-client.ts';
export { SDP_OFFER, SDP_ANSWER } from './sdp-samples.ts';
export { TEST_CERTIFICATE } from './test-certificate.ts';
