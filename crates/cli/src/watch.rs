//! Watching a run: a progress bar on a terminal, a line now and then elsewhere, and checkpoints.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use meanfield_run::drive::{Checkpoint, Watch};
use meanfield_run::side_by_side::Job;
use meanfield_run::system::RunError;

use crate::{checkpoint, print};

/// Without a terminal, a run says where it is this often.
const SILENCE: Duration = Duration::from_secs(30);
/// Positions of a progress bar.
const TICKS: f64 = 1000.0;

/// Watches all runs of a scenario.
pub struct Watchers {
    bars: MultiProgress,
    end: f64,
    checkpoint_every: Duration,
    terminal: bool,
}

impl Watchers {
    /// Runs end at time `end` and are saved this often.
    pub fn new(end: f64, checkpoint_every: Duration) -> Self {
        Self { bars: MultiProgress::new(), end, checkpoint_every, terminal: std::io::stderr().is_terminal() }
    }

    /// The watch of one run, from its start or from a checkpoint.
    pub fn watch(&self, job: &Job, from: Option<&Checkpoint>, checkpoint: PathBuf) -> RunWatch {
        let name = job.name();
        if let Some(from) = from {
            self.bars.suspend(|| print::note(format!("{name} goes on from t = {:.4}", from.time)));
        }
        let rate = match job.identity.facts.iter().find(|(name, _)| *name == "step_size") {
            Some((_, step_size)) => (1.0 / step_size, "steps"),
            None => (1.0, "t"),
        };
        let bar = self.bars.add(ProgressBar::new(TICKS as u64));
        if let Ok(style) = ProgressStyle::with_template("{prefix:>16} {bar:30} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(name.clone());
        let now = Instant::now();
        RunWatch {
            name,
            bar,
            rate,
            checkpoint,
            from: from.map_or(0.0, |from| from.time),
            end: self.end,
            every: self.checkpoint_every,
            terminal: self.terminal,
            started: now,
            saved: now,
            spoken: now,
        }
    }
}

/// Counts the points of a sweep: a bar on a terminal, a line now and then elsewhere.
pub struct Counter {
    bar: ProgressBar,
    known: usize,
    points: usize,
    started: Instant,
    /// How many are done, and when that was last said.
    done: Mutex<(usize, Instant)>,
    terminal: bool,
}

impl Counter {
    /// So many of all points are known already.
    pub fn new(known: usize, points: usize) -> Self {
        let bar = ProgressBar::new(points as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} points, {eta} left") {
            bar.set_style(style);
        }
        bar.set_position(known as u64);
        bar.reset_eta();
        let (started, terminal) = (Instant::now(), std::io::stderr().is_terminal());
        Self { bar, known, points, started, done: Mutex::new((known, started)), terminal }
    }

    /// One more.
    pub fn count(&self) {
        let Ok(mut done) = self.done.lock() else { return };
        done.0 += 1;
        if self.terminal {
            self.bar.inc(1);
        } else if done.1.elapsed() > SILENCE {
            done.1 = Instant::now();
            let each = self.started.elapsed().as_secs_f64() / (done.0 - self.known) as f64;
            let left = in_words(each * (self.points - done.0) as f64);
            print::note(format!("{} of {} points, {left} left", done.0, self.points));
        }
    }
}

/// Watches one run.
pub struct RunWatch {
    name: String,
    bar: ProgressBar,
    /// Units of work per unit of time, and their name.
    rate: (f64, &'static str),
    checkpoint: PathBuf,
    from: f64,
    end: f64,
    every: Duration,
    terminal: bool,
    started: Instant,
    saved: Instant,
    spoken: Instant,
}

impl RunWatch {
    /// "t = 3.21 of 10, 1.2e5 steps/s, 41 s left".
    fn message(&self, time: f64) -> String {
        let elapsed = self.started.elapsed().as_secs_f64().max(1e-3);
        let speed = (time - self.from) / elapsed;
        if time >= self.end {
            return format!("done in {elapsed:.1} s");
        }
        let left = if speed > 0.0 { in_words((self.end - time) / speed) } else { "?".to_owned() };
        format!("t = {time:.4} of {}, {:.2e} {}/s, {left} left", self.end, speed * self.rate.0, self.rate.1)
    }
}

impl Watch for RunWatch {
    fn progress(&mut self, time: f64) {
        self.bar.set_position((TICKS * (time / self.end).clamp(0.0, 1.0)) as u64);
        self.bar.set_message(self.message(time));
        if time >= self.end {
            self.bar.abandon();
        }
        if !self.terminal && self.spoken.elapsed() > SILENCE {
            self.spoken = Instant::now();
            print::note(format!("{}: {}", self.name, self.message(time)));
        }
    }

    fn wants_checkpoint(&mut self) -> bool {
        self.saved.elapsed() >= self.every
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), RunError> {
        self.saved = Instant::now();
        checkpoint::write(&self.checkpoint, checkpoint).map_err(RunError::Write)
    }
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
