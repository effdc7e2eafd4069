import { err, ok, type Result } from '../../../shared/error/result.ts';
import { free } from '../http/bytes.ts';
import type { ReceiveAnswer, ReceiveProblem, ReceiveRequest, Refusal } from '../received.ts';
import type { RowDraft } from '../row-draft.ts';
import type { SeriesKey } from '../series-key.ts';
import { refusalText, totalOf } from '../tally.ts';
import { HISTOGRAM } from './message.ts';
import { readWriteRequest } from './request-1.ts';
import { readRequest2 } from './request-2.ts';
import type { Counted } from './series-parts.ts';
import { declaredLength, firstByte, uncompressSnappy } from './snappy.ts';
import { MalformedError, whyNoBeginning } from './wire.ts';

const VERSION_1 = 'prometheus.WriteRequest';
const VERSION_2 = 'io.prometheus.write.v2.Request';

/** What was read, and how to answer once it is known what of it was left out. */
export interface RowsDecoded {
  readonly counted: Readonly<Counted>;
  readonly answer: (lost: readonly Refusal[]) => ReceiveAnswer | ReceiveProblem;
}

/**
 * Reads a remote write of either version into rows. It goes around the decoded form of other protocols on purpose: the
 * labels of a known series are never made into text.
 */
export function readRemoteWrite(
  request: ReceiveRequest,
  key: SeriesKey,
  draft: RowDraft,
): Result<RowsDecoded, ReceiveProblem> {
  const message = messageOf(request);
  if (!message.ok) return message;
  const { limits } = request;
  const declared = declaredLength(request.body);
  if (declared === undefined) return malformed('it does not begin with a length, as a snappy block does');
  if (declared > limits.bodyBytesMax) {
    return err({
      status: 413,
      message: `The request says that it is ${declared} bytes once decoded; at most ${limits.bodyBytesMax} are taken. Nothing of it was read. Lower max_samples_per_send at the sender.`,
    });
  }
  if (declared > request.body.length * limits.ratioMax + 64)
    return malformed(`it says that it grows ${limits.ratioMax} times and more`);
  // Memory is dear, and a body of nothing asks for much of it.
  const first = firstByte(request.body);
  const refused = first === undefined ? undefined : whyNoBeginning(first);
  if (refused !== undefined) return malformed(refused);
  const body = uncompressSnappy(request.body, limits.bodyBytesMax);
  if (!body.ok) return malformed(body.error);
  const counted: Counted = { series: 0, samples: 0, histograms: 0, exemplars: 0 };
  try {
    const read = message.value === 2 ? readRequest2 : readWriteRequest;
    if (!read(body.value, key, draft, counted)) {
      return err({
        status: 413,
        message: `The request holds more than ${limits.samplesMax} samples or series. Nothing of it was stored. Lower max_samples_per_send at the sender.`,
      });
    }
  } catch (thrown) {
    if (thrown instanceof MalformedError) return malformed(thrown.message);
    throw thrown;
  } finally {
    free(body.value);
  }
  return ok({ counted, answer: (lost) => answerOf(message.value, counted, lost) });
}

/** Which message it is, by content negotiation: no `proto` parameter means the first version. */
function messageOf({ contentType, headers }: ReceiveRequest): Result<1 | 2, ReceiveProblem> {
  const encoding = headers['content-encoding']?.toLowerCase();
  if (encoding !== 'snappy')
    return unsupported('Remote write comes in snappy blocks (Content-Encoding: snappy).');
  if (contentType !== 'application/x-protobuf')
    return unsupported('Remote write comes as application/x-protobuf.');
  const [, name = VERSION_1] = /;\s*proto=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '') ?? [];
  if (name === VERSION_1) return ok(1);
  if (name === VERSION_2) return ok(2);
  return unsupported(`Of remote write's messages ${VERSION_1} and ${VERSION_2} are taken.`);
}

function answerOf(
  version: 1 | 2,
  counted: Readonly<Counted>,
  lost: readonly Refusal[],
): ReceiveAnswer | ReceiveProblem {
  const lostSamples = totalOf(lost.filter((one) => one.reason !== HISTOGRAM));
  const headers =
    version === 1
      ? {}
      : {
          'X-Prometheus-Remote-Write-Samples-Written': String(Math.max(0, counted.samples - lostSamples)),
          'X-Prometheus-Remote-Write-Histograms-Written': '0',
          'X-Prometheus-Remote-Write-Exemplars-Written': String(counted.exemplars),
        };
  if (lost.length === 0) return { status: 204, headers, body: null };
  // 400 and not 2xx: the specification wants a write that lost a sample to be seen, and not sent again.
  return {
    status: 400,
    headers,
    message: `${totalOf(lost)} of ${counted.samples + counted.histograms} samples were left out: ${refusalText(lost)}. The others are stored.`,
  };
}

function malformed(clause: string): { readonly ok: false; readonly error: ReceiveProblem } {
  return err({
    status: 400,
    message: `The body is no remote write: ${clause}. Nothing of it was stored, and sending it again will not help.`,
  });
}

function unsupported(message: string): { readonly ok: false; readonly error: ReceiveProblem } {
  return err({ status: 415, message: `${message} Nothing was stored.` });
}
