const sdp = (port: number): string => ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 0 8 101`, 'a=rtpmap:101 telephone-event/8000', ''].join('\r\n');

/** Session descriptions for tests that are not about media. */
export const SDP_OFFER = sdp(40_000);
export const SDP_ANSWER = sdp(40_002);
