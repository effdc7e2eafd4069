import type { Postmortem } from '../../../shared/model/postmortem.ts';
import type { Story } from './fleet-incident.ts';

/** A draft of which a person has written the summary and the root cause. */
export function postmortemOf(incidentId: string, { now }: Story): Postmortem {
  return {
    incidentId,
    title: 'A feature missing online made ranking-model v42 slow',
    revision: 3,
    draftedAt: now - 60_000,
    savedAt: now - 30_000,
    sections: [
      {
        id: 'summary',
        title: 'Summary',
        origin: 'written',
        text: 'ranking-model v42 asked for `user_affinity_30d`, which the online feature store did not hold. Each miss was recomputed on the embedding GPUs, and 36 % of requests took longer than 100 ms until v41 was back.',
      },
      {
        id: 'impact',
        title: 'Impact',
        origin: 'drafted',
        text: '- **Duration** 53 m\n- **Over 100 ms** 400,866 requests\n- **Failed** 37,009 requests\n- **Budget spent** 4.1 % of 28 d',
      },
      {
        id: 'timeline',
        title: 'Timeline',
        origin: 'drafted',
        text: [
          '| Time (UTC, 2026-11-24) | What happened | Who |',
          '|---|---|---|',
          '| 01:26:00 | **ranking-model v41 → v42** PR 3318 | model-promoter |',
          '| 01:52:40 | **P0 page, incident opened** both windows over 13.44×; 2.38 % of requests fail, under 50 %; P0 → SEV-2; respond within 30 m, resolve within 4 h | midwatch |',
          '| 02:13:05 | **Roll back model: done and verified** POST http://127.0.0.1:38843/control/roll-back idempotency-key: 1e86b143ae4561c28162be0fc1800a0e {"service":"ranking-model"} | incident_commander |',
        ].join('\n'),
      },
      {
        id: 'detection',
        title: 'Detection',
        origin: 'drafted',
        text: 'The page needs 1 h of evidence over 13.44×, which 36 % slow requests reach after 22 m.',
      },
      {
        id: 'root-cause',
        title: 'Root cause',
        origin: 'written',
        text: 'The feature was added to the training set and materialised offline, but not to the online store: 0.4 % available. The hit ratio moved first.',
      },
      { id: 'contributing-factors', title: 'Contributing factors', origin: 'empty', text: '' },
      {
        id: 'went-well',
        title: 'What went well',
        origin: 'drafted',
        text: 'The suspected cause stood first in the list.',
      },
      { id: 'went-poorly', title: 'What went poorly', origin: 'empty', text: '' },
      { id: 'got-lucky', title: 'Where we got lucky', origin: 'empty', text: '' },
      {
        id: 'action-items',
        title: 'Action items',
        origin: 'written',
        text: '1. Refuse promotion when a feature is under 99 % online (ml-platform, prevent, P1)\n2. Test v*n*−1 nightly, so roll back is never held (Operations, mitigate, P1)',
      },
    ],
  };
}
