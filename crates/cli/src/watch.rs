//! Watching a run: a progress bar on a terminal, a line now and then elsewhere, and checkpoints.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use meanfield_run::drive::{Checkpoint, Watch};
use meanfield_run::system::RunError;

use crate::folder::write_aside;

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

    /// The watch of one run, which starts at time `from`; `rate` is (units of work per unit of time, their name).
    pub fn watch(&self, name: String, from: f64, rate: (f64, &'static str), checkpoint: PathBuf) -> RunWatch {
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
            from,
            end: self.end,
            every: self.checkpoint_every,
            terminal: self.terminal,
            started: now,
            saved: now,
            spoken: now,
        }
    }
}

/// Watches one run.
pub struct RunWatch {
    name: String,
    bar: ProgressBar,
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
        let left = if speed > 0.0 { format!("{:.0} s left", (self.end - time) / speed) } else { "…".to_owned() };
        format!("t = {time:.4} of {}, {:.2e} {}/s, {left}", self.end, speed * self.rate.0, self.rate.1)
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
            eprintln!("{}: {}", self.name, self.message(time));
        }
    }

    fn wants_checkpoint(&mut self) -> bool {
        self.saved.elapsed() >= self.every
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), RunError> {
        self.saved = Instant::now();
        let bytes = postcard::to_stdvec(checkpoint).map_err(|error| RunError::Write(error.to_string()))?;
        write_aside(&self.checkpoint, &bytes).map_err(|error| RunError::Write(format!("{}: {error}", self.checkpoint.display())))
    }
}
