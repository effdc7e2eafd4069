import type { Incident } from '../../shared/model/incident.ts';
import type { Postmortem } from '../../shared/model/postmortem.ts';
import type { FileText } from '../platform/index.ts';
import { type ChartMark, renderChartSvg } from './chart-svg.ts';
import { sectionQuestion } from './draft.ts';
import type { PostmortemFacts } from './facts.ts';
import { escapeMarkdown, safeFileName, utc, yamlText } from './markdown.ts';

/** The Markdown, and the charts that it refers to, as files that lie beside each other. */
export function exportFiles(
  postmortem: Postmortem,
  facts: PostmortemFacts,
): { markdown: FileText; charts: FileText[] } {
  const { incident, evidence } = facts;
  const stem = `${safeFileName(incident.name, 20)}-${safeFileName(postmortem.title)}`;
  const marks = marksOf(incident);
  const charts = evidence.map(({ chart, series }, i) => ({
    name: `${stem}-${i + 1}-${safeFileName(chart.title, 40)}.svg`,
    text: renderChartSvg(chart, series, marks),
    caption: `${escapeMarkdown(chart.title)} (${escapeMarkdown(chart.unit)})`,
    note:
      chart.missing === null
        ? `\`${inlineCode(chart.expression)}\` on ${escapeMarkdown(chart.source)}`
        : `Missing: ${escapeMarkdown(chart.missing)}`,
  }));
  const lines = [
    ...frontMatter(postmortem, incident),
    `# ${escapeMarkdown(postmortem.title)}`,
    '',
    ...postmortem.sections.flatMap((section) => [
      `## ${escapeMarkdown(section.title)}`,
      '',
      section.origin === 'empty' ? `*Not written yet: ${sectionQuestion(section.id)}*` : section.text.trim(),
      '',
    ]),
    ...(charts.length > 0 ? ['## Evidence', ''] : []),
    ...charts.flatMap(({ name, caption, note }) => [
      `![${caption}](./${name})`,
      '',
      `${caption}: ${note}`,
      '',
    ]),
  ];
  return {
    markdown: { name: `${stem}.md`, text: `${lines.join('\n').trimEnd()}\n` },
    charts: charts.map(({ name, text }) => ({ name, text })),
  };
}

function inlineCode(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[\p{Cc}`]+/gu, ' ')
      .trim() || ' '
  );
}

function marksOf(incident: Incident): ChartMark[] {
  const marks: (ChartMark | null)[] = [
    { at: incident.openedAt, label: 'opened' },
    incident.mitigatedAt === null ? null : { at: incident.mitigatedAt, label: 'mitigated' },
    incident.recoveredAt === null ? null : { at: incident.recoveredAt, label: 'recovered' },
  ];
  return marks.filter((mark) => mark !== null);
}

function frontMatter(postmortem: Postmortem, incident: Incident): string[] {
  const time = (at: number | null) => (at === null ? 'null' : new Date(at).toISOString());
  return [
    '---',
    `incident: ${yamlText(incident.name)}`,
    `title: ${yamlText(postmortem.title)}`,
    `severity: ${yamlText(incident.severity)}`,
    `service: ${yamlText(incident.service)}`,
    `started: ${time(incident.startedAt)}`,
    `opened: ${time(incident.openedAt)}`,
    `acknowledged: ${time(incident.acknowledgedAt)}`,
    `mitigated: ${time(incident.mitigatedAt)}`,
    `recovered: ${time(incident.recoveredAt)}`,
    `resolved: ${time(incident.resolvedAt)}`,
    `closed: ${time(incident.closedAt)}`,
    `revision: ${postmortem.revision}`,
    `saved: ${yamlText(utc(postmortem.savedAt))}`,
    ...(incident.synthetic ? ['synthetic: true'] : []),
    '---',
    '',
  ];
}
