import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AbuseReport, abuseReceiver } from '../../support/abuse-run.ts';
import { type ReceiverProcess, startReceiverProcess } from '../../support/receiver-process.ts';

const TINY = 1_000_000;
const GROWTH_MAX = 64 * 1024 * 1024;
const ANSWER_MAX_MS = 100;

let receiver: ReceiverProcess;
let report: AbuseReport;

beforeAll(async () => {
  receiver = await startReceiverProcess();
  report = await abuseReceiver(receiver, { tiny: TINY, silent: 2_000, held: 300 }, () => undefined);
}, 1_800_000);
afterAll(() => receiver.stop());

describe('the receiver under abuse', () => {
  it('answers each kind by its refusal, within 100 ms', () => {
    expect(report.answers.filter((one) => !one.allowed)).toEqual([]);
    expect(report.answers.filter((one) => one.tookMs > ANSWER_MAX_MS)).toEqual([]);
  });

  it.each([
    ['without a token', 'tinyUnknown', ['401']],
    ['with one', 'tinyKnown', ['202', '429']],
  ] as const)(`answers ${TINY / 2} tiny requests %s`, (_name, key, allowed) => {
    const { statuses, p99Ms } = report[key];
    expect(
      Object.keys(statuses).filter((one) => one !== '0' && !allowed.some((each) => each === one)),
    ).toEqual([]);
    expect(statuses[0] ?? 0).toBeLessThan(TINY / 1_000);
    expect(p99Ms).toBeLessThan(ANSWER_MAX_MS);
  });

  it('cuts connections that say nothing or drip, and bodies that are held back', () => {
    expect(report.held).toEqual([408, 503]);
  });

  it('grew by at most 64 MB and lost nothing of the honest sender', () => {
    const pass = report.honest.lost === 0 && report.growthBytes <= GROWTH_MAX;
    console.log(JSON.stringify({ name: 'receiver-abuse', figures: report, pass }));
    expect(report.honest).toMatchObject({ series: 100, lost: 0 });
    expect(report.growthBytes).toBeLessThanOrEqual(GROWTH_MAX);
  });
});
