/** What it means for the watch that something was left out, and what a person can do about it. */
export interface DropAdvice {
  readonly means: string;
  readonly todo: string;
}

const say = (means: string, todo: string): DropAdvice => ({ means, todo });

const NAMES_WITHOUT_END = say(
  'These series are not watched; those that were there before are.',
  'Look for a label whose values never end (Settings names some of these series), or raise series_limit of the source.',
);
const SENDERS_CLOCK = say(
  'Those samples are not watched: kept, they would make every honest one after them too old.',
  'Set the clocks of this machine and of the sender.',
);
const BROKEN_SERIES = say(
  'Those series are not watched; the rest of the request is.',
  'Correct the labels at the sender; its log has the answer with the reason.',
);
const BROKEN_POINT = say(
  'Those points are not watched; the rest of the request is.',
  'Correct the instrument at the sender; the exporter logs the answer with the reason.',
);
const LATE_DELTA = say(
  'The totals of those streams lack what these points told.',
  'Let each stream come from one exporter that sends in order, or set its temporality to cumulative.',
);
const EXEMPLAR = say(
  'Nothing is missing from the watch: only the way from that number to its trace is.',
  'Correct what sets exemplars at the instrumented program.',
);
const SPAN = say(
  'The watch is whole; traces lack these parts.',
  'Nothing, unless you miss them: send fewer, or put what matters into attributes of the span.',
);
const BROKEN_SPAN = say(
  'Those spans are in no trace.',
  'Correct the instrumentation of the sender; its exporter logs the answer with the reason.',
);
const BROKEN_EVENT = say(
  'No chart marks that change, and no alert is explained by it.',
  'Correct what sends it; docs/receivers.md shows the shapes. The answer to the sender has the reason.',
);
const BROKEN_ALERT = say(
  'Those alerts are not shown and page nobody; the others of the message do.',
  'Look at the rules and the version of that Alertmanager; its log has the answer with the reason.',
);

/** The first that fits counts; a reason is ours, and begins as it is written here. */
const ADVICE: readonly (readonly [RegExp, DropAdvice])[] = [
  [
    /^a time of its own .*(?:before|after) the scrape/,
    say(
      'The target dates its samples itself, and these lie outside what a slow exporter explains; what is exposed without a time is watched.',
      'Set the clock of the target, let the exporter leave timestamps out, or set honor_timestamps: false on the source, so that the time of the scrape counts.',
    ),
  ],
  [
    /^a time of its own beside \d+ others/,
    say(
      'The target dates each sample differently; the first times of a scrape are kept.',
      'Let the exporter leave timestamps out, or set honor_timestamps: false on the source.',
    ),
  ],
  [
    /^twice in one scrape/,
    say(
      'The first of the two is kept: the target exposes one series twice, or relabelling made two into one.',
      'Correct the exporter, or keep the label that told them apart.',
    ),
  ],
  [/^over (?:the limit of series|this source's limit)|^a series that the store has no/, NAMES_WITHOUT_END],
  [/^labels of this source take more|^labels that collide/, NAMES_WITHOUT_END],
  [
    /^twice for one instant/,
    say(
      'The sample that was stored first for that instant stays, so nothing is counted twice.',
      'Nothing after a request that was sent again. If it grows, two senders bring the same series: give each a label of its own.',
    ),
  ],
  [
    /^older than what is stored/,
    say(
      'A newer sample of the same series is stored already; the late ones are not watched and not on charts.',
      'Look for two senders or replicas with the same labels, and for a sender whose clock or queue is behind.',
    ),
  ],
  [
    /^of a series that the store has let go/,
    say('The series is taken up again at the next scrape; one sample of it is missing.', 'Nothing.'),
  ],
  [
    /, of a series that .* brings and owns$/,
    say(
      'Nothing is missing: the same series comes in two ways and is counted once.',
      'Nothing, or stop one of the two ways.',
    ),
  ],
  [
    /, of a time that another source had told already$/,
    say('Nothing is missing: the source that brought the series before told that time.', 'Nothing.'),
  ],
  [
    /^reading failed|^the store did not take it/,
    say(
      'Those scrapes are missing on charts and in windows, and their source counted as not watched.',
      'Look at the workers above and at the free space of the disk that holds the data folder.',
    ),
  ],
  [/^a time more than 10 min ahead|^a time that is no whole number/, SENDERS_CLOCK],
  [
    /^a native histogram/,
    say(
      'That histogram is not watched; its classic buckets are, where they are sent too.',
      'Leave send_native_histograms off at the sender, and keep classic buckets in the instrumented program.',
    ),
  ],
  [
    /^exemplars beyond/,
    say(
      'Nothing is missing from the watch: the first of the request are kept.',
      'Nothing, or let the sender send smaller batches.',
    ),
  ],
  [/^an exemplar /, EXEMPLAR],
  [/^delta stream beyond/, NAMES_WITHOUT_END],
  [/^delta point /, LATE_DELTA],
  [/^point |^histogram point |^exponential histogram point |^target_info: /, BROKEN_POINT],
  [/^span (?:event|attribute|beyond)/, SPAN],
  [/^span /, BROKEN_SPAN],
  [/^an? (?:(?:change )?event|CloudEvent) /, BROKEN_EVENT],
  [
    /^alerts that Alertmanager itself cut off/,
    say(
      'Those alerts are not shown and page nobody, unless they come in a later message.',
      'Raise max_alerts of that webhook at Alertmanager, or set it to 0.',
    ),
  ],
  [/^an alert /, BROKEN_ALERT],
  [
    /^more than \d+ labels|^a label |^labels longer |^the same label name|^no (?:labels|metric name)/,
    BROKEN_SERIES,
  ],
];

/** What to make of a reason for which something that came was not kept. */
export function dropAdvice(reason: string): DropAdvice {
  return (
    ADVICE.find(([pattern]) => pattern.test(reason))?.[1] ??
    say('It is not watched; the rest of what came is.', 'Compare with the log of who sent it.')
  );
}
