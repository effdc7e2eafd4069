import { expect, it } from 'vitest';
import { createPersonNews } from '../../../main/app/person-news.ts';
import { silentLogger } from '../../../main/platform/index.ts';
import type { TimelineEntry } from '../../../shared/model/incident.ts';
import { incidentOf } from '../../support/incident.ts';

it('a person on the timeline is heard once, whatever else stands there and whatever stood there at the start', async () => {
  const entries: TimelineEntry[] = [];
  const acted: string[] = [];
  const write = (actor: string, kind: TimelineEntry['kind'] = 'note') => {
    const seq = entries.length + 1;
    entries.push({ seq, at: seq * 1_000, kind, actor, title: 't', detail: 'd' } as TimelineEntry);
    news.changed('i');
  };
  const news = createPersonNews(
    {
      incidents: {
        get: () => incidentOf({ id: 'i', timelineSeq: entries.length }),
        timeline: async (_id, after) => entries.slice(after),
      },
      alerts: { personActed: async (_id, by, at) => void acted.push(`${by} ${at}`) },
    },
    silentLogger(),
  );
  write('anna');
  await news.idle();
  expect(acted).toEqual([]);
  write('midwatch');
  write('ranking', 'change');
  await news.idle();
  expect(acted).toEqual([]);
  write('ben');
  write('midwatch');
  await news.idle();
  expect(acted).toEqual(['ben 4000']);
});
