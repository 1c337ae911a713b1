//! Watching a run: a progress bar on a terminal, a line now and then elsewhere (in logs, on terminals that
//! cannot move their cursor), checkpoints, and a wish to stop.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use meanfield_run::drive::{Checkpoint, Watch};
use meanfield_run::facts::STEP_SIZE;
use meanfield_run::number::plain;
use meanfield_run::record::Nature;
use meanfield_run::side_by_side::Job;
use meanfield_run::system::RunError;

use crate::sealed::Owner;
use crate::{checkpoint, interrupt, print};

/// Without bars one of the runs says where it is after the first of these times, and from then on as often as the
/// second says.
const SILENCE: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(30)];
/// Positions of a progress bar.
const TICKS: f64 = 1000.0;

/// Watches all runs of a scenario.
pub struct Watchers {
    bars: MultiProgress,
    end: f64,
    checkpoint_every: Duration,
    /// Of all runs together: many short ones are not silent either.
    lines: Arc<Mutex<Lines>>,
}

impl Watchers {
    /// Runs end at time `end` and are saved this often.
    pub fn new(end: f64, checkpoint_every: Duration) -> Self {
        let bars = MultiProgress::new();
        let lines = Arc::new(Mutex::new(Lines::new(&bars)));
        Self { bars, end, checkpoint_every, lines }
    }

    /// The watch of one run, from its start or from a checkpoint.
    pub fn watch(&self, job: &Job, from: Option<&Checkpoint>, checkpoint: PathBuf, owner: Owner) -> RunWatch {
        let name = job.name();
        if let Some(from) = from {
            self.bars.suspend(|| print::note(format!("{name} goes on from t = {}", decimals(from.time))));
        }
        let bar = self.bars.add(ProgressBar::new(TICKS as u64));
        if let Ok(style) = ProgressStyle::with_template("{prefix:>16} {bar:30} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(name.clone());
        let now = Instant::now();
        RunWatch {
            name,
            bar,
            step_size: job.identity.fact(STEP_SIZE),
            is_static: job.identity.nature == Nature::Static,
            checkpoint,
            owner,
            end: self.end,
            every: self.checkpoint_every,
            begun: None,
            saved: now,
            lines: Arc::clone(&self.lines),
        }
    }
}

/// When to say something where there are no bars.
struct Lines {
    next: Option<Instant>,
}

impl Lines {
    /// None at all where `bars` are seen.
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

/// Counts the points of a sweep: a bar on a terminal, a line now and then elsewhere.
pub struct Counter {
    bar: ProgressBar,
    known: usize,
    points: usize,
    started: Instant,
    /// How many are done, and when that is said next.
    done: Mutex<(usize, Lines)>,
}

impl Counter {
    /// So many of all points are known already.
    pub fn new(known: usize, points: usize) -> Self {
        let bars = MultiProgress::new();
        let bar = bars.add(ProgressBar::new(points as u64));
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} points, {eta} left") {
            bar.set_style(style);
        }
        bar.set_position(known as u64);
        bar.reset_eta();
        Self { bar, known, points, started: Instant::now(), done: Mutex::new((known, Lines::new(&bars))) }
    }

    /// One more.
    pub fn count(&self) {
        let Ok(mut done) = self.done.lock() else { return };
        done.0 += 1;
        self.bar.inc(1);
        self.say(&mut done);
    }

    /// Looks whether it is time to say something: one point may take long.
    pub fn look(&self) {
        if let Ok(mut done) = self.done.try_lock() {
            self.say(&mut done);
        }
    }

    fn say(&self, (done, lines): &mut (usize, Lines)) {
        if lines.is_due() {
            let (elapsed, own) = (self.started.elapsed().as_secs_f64(), *done - self.known);
            let left = match own {
                0 => format!("{} so far", in_words(elapsed)),
                own => format!("{} left", in_words(elapsed / own as f64 * (self.points - *done) as f64)),
            };
            print::note(format!("{done} of {} points, {left}", self.points));
        }
    }
}

/// Watches one run.
pub struct RunWatch {
    name: String,
    bar: ProgressBar,
    /// Of systems that step by samples.
    step_size: Option<f64>,
    /// Of a problem without time nobody knows how far it is.
    is_static: bool,
    checkpoint: PathBuf,
    owner: Owner,
    end: f64,
    every: Duration,
    begun: Option<Begun>,
    saved: Instant,
    lines: Arc<Mutex<Lines>>,
}

/// When this process took the run up, and how far it was.
#[derive(Clone, Copy)]
struct Begun {
    at: Instant,
    time: f64,
    done: f64,
}

impl RunWatch {
    /// "t = 3.21 of 10, 41 %, 1.2e5 steps/s, 41 s left".
    fn message(&self, begun: Begun, time: f64, done: f64) -> String {
        let elapsed = begun.at.elapsed().as_secs_f64().max(1e-3);
        if time >= self.end {
            return format!("done in {elapsed:.1} s");
        }
        if self.is_static {
            return format!("being solved, {} so far", in_words(elapsed));
        }
        let speed = (done - begun.done) / elapsed;
        let left = if speed > 0.0 { in_words((1.0 - done) / speed) } else { "?".to_owned() };
        let steps =
            self.step_size.map(|step| format!(", {:.2e} steps/s", (time - begun.time) / step / elapsed));
        let percent = 100.0 * done;
        let (time, end, steps) = (decimals(time), plain(self.end), steps.unwrap_or_default());
        format!("t = {time} of {end}, {percent:.0} %{steps}, {left} left")
    }
}

impl Watch for RunWatch {
    fn progress(&mut self, time: f64, done: f64) {
        let begun = *self.begun.get_or_insert(Begun { at: Instant::now(), time, done });
        let message = self.message(begun, time, done);
        self.bar.set_position((TICKS * done.clamp(0.0, 1.0)) as u64);
        self.bar.set_message(message.clone());
        if time >= self.end {
            self.bar.abandon();
        }
        if self.lines.lock().is_ok_and(|mut lines| lines.is_due()) {
            print::note(format!("{}: {message}", self.name));
        }
    }

    fn wants_checkpoint(&mut self) -> bool {
        self.saved.elapsed() >= self.every
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), RunError> {
        self.saved = Instant::now();
        checkpoint::write(&self.checkpoint, &self.owner, checkpoint).map_err(RunError::Write)
    }

    fn cancelled(&self) -> bool {
        interrupt::asked()
    }
}

/// A time to four decimals, unless it is long.
fn decimals(time: f64) -> String {
    if time < 1e9 { format!("{time:.4}") } else { format!("{time:.4e}") }
}

/// A span of time: "41 s", "12 min", "3.5 h", "10 days".
fn in_words(seconds: f64) -> String {
    match seconds {
        s if s < 100.0 => format!("{s:.0} s"),
        s if s < 6000.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.0} days", s / 86_400.0),
    }
}
