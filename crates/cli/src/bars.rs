//! Progress: on a terminal a line about all runs above a bar for each that runs; a line now and then
//! elsewhere (in logs, on terminals that cannot move their cursor). It decides nothing about the runs.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use meanfield::{Observer, RunInfo, RunObserver};
use meanfield_run::number::plain;

use crate::altogether::{Altogether, Contribution, in_words};
use crate::{interrupt, print};

/// Without bars one of the runs says where it is after the first of these times, and from then on as often as
/// the second says.
const SILENCE: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(30)];
/// Positions of a progress bar.
const TICKS: f64 = 1000.0;
/// A bar with its name.
const NAMED: &str = "{prefix:>16} {bar:24} {wide_msg}";
/// Of more runs than this the bars of those that are done are taken away.
const MOST_BARS: usize = 12;

/// The bars of all runs of a scenario, or of the points of a sweep.
pub struct Bars {
    bars: MultiProgress,
    /// The lines of all runs together: many short runs are not silent either.
    lines: Arc<Mutex<Lines>>,
    points: OnceLock<Points>,
    all: OnceLock<Arc<AllRuns>>,
}

/// All runs of a scenario, and their line.
struct AllRuns {
    runs: usize,
    work: Altogether,
    line: ProgressBar,
}

impl AllRuns {
    /// Shows how far they are, and says it.
    fn show(&self) -> String {
        let (share, words) = self.work.now();
        self.line.set_position((TICKS * share) as u64);
        self.line.set_message(words.clone());
        words
    }
}

impl Default for Bars {
    fn default() -> Self {
        let bars = MultiProgress::new();
        let lines = Arc::new(Mutex::new(Lines::new(&bars)));
        Self { bars, lines, points: OnceLock::new(), all: OnceLock::new() }
    }
}

impl Observer for Bars {
    fn note(&self, text: &str) {
        self.bars.suspend(|| print::note(text));
    }

    fn begin_runs(&self, runs: usize, seconds: f64) {
        if runs < 2 {
            return;
        }
        let line = self.bars.insert(0, ProgressBar::new(TICKS as u64));
        if let Ok(style) = ProgressStyle::with_template(NAMED) {
            line.set_style(style);
        }
        line.set_prefix("altogether");
        let _ = self.all.set(Arc::new(AllRuns { runs, work: Altogether::new(runs, seconds), line }));
    }

    fn begin_run(&self, run: &RunInfo) -> Box<dyn RunObserver> {
        if let Some(time) = run.resumed_at {
            let how = if time < run.end { "goes on from" } else { "is taken at its end," };
            self.note(&format!("{} {how} t = {}", run.name, decimals(time)));
        }
        let bar = self.bars.add(ProgressBar::new(TICKS as u64));
        if let Ok(style) = ProgressStyle::with_template(NAMED) {
            bar.set_style(style);
        }
        bar.set_prefix(run.name.clone());
        let all = self.all.get().cloned();
        let own = Contribution::default();
        Box::new(RunBar { run: run.clone(), bar, begun: None, lines: Arc::clone(&self.lines), all, own })
    }

    fn begin_sweep(&self, known: usize, points: usize) {
        let _ = self.points.set(Points::new(&self.bars, known, points));
    }

    fn point_finished(&self) {
        if let Some(points) = self.points.get() {
            points.count();
        }
    }

    fn waiting(&self) {
        if let Some(points) = self.points.get() {
            points.look();
        }
    }

    fn is_cancelled(&self) -> bool {
        interrupt::asked()
    }
}

/// When to say something where there are no bars.
struct Lines {
    next: Option<Instant>,
}

impl Lines {
    /// No lines at all where `bars` are visible.
    fn new(bars: &MultiProgress) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == *"dumb");
        Self { next: (bars.is_hidden() || is_dumb).then(|| Instant::now() + SILENCE[0]) }
    }

    /// Whether a line is due; the next one then is after some time only.
    fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let is_due = self.next.is_some_and(|next| now >= next);
        if is_due {
            self.next = Some(now + SILENCE[1]);
        }
        is_due
    }
}

/// Counts the points of a sweep.
struct Points {
    bar: ProgressBar,
    known: usize,
    points: usize,
    started: Instant,
    /// How many are done, and when that is said next.
    done: Mutex<(usize, Lines)>,
}

impl Points {
    /// So many of all points are known already.
    fn new(bars: &MultiProgress, known: usize, points: usize) -> Self {
        let bar = bars.add(ProgressBar::new(points as u64));
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} points, {eta} left") {
            bar.set_style(style);
        }
        bar.set_position(known as u64);
        bar.reset_eta();
        Self { bar, known, points, started: Instant::now(), done: Mutex::new((known, Lines::new(bars))) }
    }

    /// One more.
    fn count(&self) {
        let Ok(mut done) = self.done.lock() else { return };
        done.0 += 1;
        self.bar.inc(1);
        self.say(&mut done);
    }

    /// Prints a line if one is due: one point may take long.
    fn look(&self) {
        if let Ok(mut done) = self.done.try_lock() {
            self.say(&mut done);
        }
    }

    fn say(&self, (done, lines): &mut (usize, Lines)) {
        if lines.is_due() {
            let elapsed = self.started.elapsed().as_secs_f64();
            let own = *done - self.known;
            let left = match own {
                0 => format!("{} so far", in_words(elapsed)),
                own => format!("{} left", in_words(elapsed / own as f64 * (self.points - *done) as f64)),
            };
            print::note(format!("{done} of {} points, {left}", self.points));
        }
    }
}

/// The bar of one run.
struct RunBar {
    run: RunInfo,
    bar: ProgressBar,
    begun: Option<Begun>,
    lines: Arc<Mutex<Lines>>,
    all: Option<Arc<AllRuns>>,
    own: Contribution,
}

/// When this process took the run up, and how far it was.
#[derive(Clone, Copy)]
struct Begun {
    at: Instant,
    time: f64,
    done: f64,
}

impl RunBar {
    /// "t = 3.21 of 10, 41 %, 1.2e5 steps/s, 41 s left".
    fn message(&self, begun: Begun, time: f64, done: f64) -> String {
        let elapsed = begun.at.elapsed().as_secs_f64().max(1e-3);
        if time >= self.run.end {
            return format!("done in {elapsed:.1} s");
        }
        if self.run.is_static {
            return format!("being solved, {} so far", in_words(elapsed));
        }
        let speed = (done - begun.done) / elapsed;
        let left = if speed > 0.0 { in_words((1.0 - done) / speed) } else { "?".to_owned() };
        let steps =
            self.run.step_size.map(|step| format!(", {:.2e} steps/s", (time - begun.time) / step / elapsed));
        let percent = 100.0 * done;
        let time = decimals(time);
        let end = plain(self.run.end);
        let steps = steps.unwrap_or_default();
        format!("t = {time} of {end}, {percent:.0} %{steps}, {left} left")
    }
}

impl RunObserver for RunBar {
    fn progress(&mut self, time: f64, done: f64) {
        let begun = *self.begun.get_or_insert(Begun { at: Instant::now(), time, done });
        let message = self.message(begun, time, done);
        self.bar.set_position((TICKS * done.clamp(0.0, 1.0)) as u64);
        self.bar.set_message(message.clone());
        let has_ended = time >= self.run.end;
        let mut altogether = String::new();
        if let Some(all) = &self.all {
            all.work.add(&mut self.own, self.run.seconds, done, has_ended);
            altogether = format!("; altogether {}", all.show());
        }
        match &self.all {
            Some(all) if has_ended && all.runs > MOST_BARS => self.bar.finish_and_clear(),
            _ if has_ended => self.bar.abandon(),
            _ => {}
        }
        if self.lines.lock().is_ok_and(|mut lines| lines.is_due()) {
            print::note(format!("{}: {message}{altogether}", self.run.name));
        }
    }
}

/// A time to four decimals, unless it is long.
fn decimals(time: f64) -> String {
    if time < 1e9 { format!("{time:.4}") } else { format!("{time:.4e}") }
}
