import { recordingLink } from '@centralita/contract';
import { ignoreFailure, ok, refuse } from '@centralita/kernel';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { route, type Route, type SignedIn } from '../../../http/route.ts';
import { byteRange } from '../application/byte-range.ts';
import type { SoundAtRest } from '../application/ports.ts';
import { type LinkDeps, makeRecordingLink, openRecording } from '../application/recording-link.ts';

export interface RecordingRouteDeps extends LinkDeps {
  /** Whether this person reaches the conversation with this permission's scope. */
  readonly reachesConversation: (who: SignedIn, conversationId: string) => Promise<boolean>;
}

export function recordingRoutes(deps: RecordingRouteDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      url: '/api/conversations/:conversationId/recordings/:recordingId/link',
      summary: 'A link that plays one recording for some minutes; audited',
      permission: 'recordings:play',
      schema: { params: z.object({ conversationId: z.string().max(40), recordingId: z.string().max(40) }), response: recordingLink },
      status: 201,
      handler: async ({ who, params: { conversationId, recordingId }, requestId }) => {
        if (!(await deps.reachesConversation(who, conversationId))) return refuse({ code: 'not-found' as const });
        return makeRecordingLink(deps, { ...who, requestId }, conversationId, recordingId);
      },
      view: ({ token, expiresAt }) => ({ url: `/api/recordings/${token}`, expiresAt }),
    }),
    route({
      method: 'POST',
      url: '/api/recordings/:recordingId/link',
      summary: 'The same, for whoever has only the recording at hand',
      permission: 'recordings:play',
      schema: { params: z.object({ recordingId: z.string().max(40) }), response: recordingLink },
      status: 201,
      handler: async ({ who, params: { recordingId }, requestId }) => {
        const conversationId = (await deps.table.find(who.account, recordingId))?.conversationId;
        if (!conversationId || !(await deps.reachesConversation(who, conversationId))) return refuse({ code: 'not-found' as const });
        return makeRecordingLink(deps, { ...who, requestId }, conversationId, recordingId);
      },
      view: ({ token, expiresAt }) => ({ url: `/api/recordings/${token}`, expiresAt }),
    }),
    route({
      method: 'GET',
      url: '/api/recordings/:token',
      summary: 'The sound, customer on the left and agent on the right; takes Range',
      permission: 'recordings:play',
      schema: { params: z.object({ token: z.string().max(600) }), response: false },
      handler: async ({ who, params: { token }, range }) => {
        const opened = await openRecording(deps, who, token);
        return opened.ok ? ok({ sound: opened.value, range: byteRange(range, opened.value.bytes) }) : opened;
      },
      headers: ({ sound, range }) => ({ 'content-type': 'audio/wav', 'accept-ranges': 'bytes', ...rangeHeaders(sound, range) }),
      stream: ({ sound, range }) => {
        if (range === 'unsatisfiable') return { status: 416, body: streamOf(sound, 0, 0) };
        const { start, end } = range === 'whole' ? { start: 0, end: sound.bytes } : range;
        return { status: range === 'whole' ? 200 : 206, body: streamOf(sound, start, end) };
      },
    }),
  ];
}

function rangeHeaders(sound: SoundAtRest, range: ReturnType<typeof byteRange>): Readonly<Record<string, string>> {
  if (range === 'whole') return { 'content-length': String(sound.bytes) };
  if (range === 'unsatisfiable') return { 'content-range': `bytes */${sound.bytes}` };
  return { 'content-range': `bytes ${range.start}-${range.end - 1}/${sound.bytes}`, 'content-length': String(range.end - range.start) };
}

function streamOf(sound: SoundAtRest, start: number, end: number): Readable {
  const stream = Readable.from(sound.read(start, end), { objectMode: false });
  // A player that goes away destroys the stream: either way the file is closed.
  stream.once('close', () => ignoreFailure('closing a recording', sound.close()));
  return stream;
}
