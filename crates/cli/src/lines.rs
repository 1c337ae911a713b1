//! Progress as lines, for logs and for programs: with the time of day, or as JSON objects, one a line
//! (NDJSON); or none at all. It decides nothing about the runs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use meanfield::{Observer, RunInfo, RunObserver};
use meanfield_run::number::short;
use serde_json::{Value, json};

use crate::arguments::ProgressForm;
use crate::{interrupt, print};

/// Time between two lines about one run.
const PAUSE: Duration = Duration::from_secs(5);

/// Lines about a session.
pub struct EventLines {
    form: ProgressForm,
    /// Points of a sweep: how many are done, and all.
    done: AtomicUsize,
    points: AtomicUsize,
    said: Arc<Mutex<Instant>>,
}

impl EventLines {
    /// Lines in this form.
    pub fn new(form: ProgressForm) -> Self {
        let said = Arc::new(Mutex::new(Instant::now()));
        Self { form, done: AtomicUsize::new(0), points: AtomicUsize::new(0), said }
    }
}

/// Prints one event: a JSON object, or its words after the time of day.
fn say(form: ProgressForm, event: &Value, words: &str) {
    match form {
        ProgressForm::None => {}
        ProgressForm::Json => print::note(event),
        _ => print::note(format!("{} {words}", humantime::format_rfc3339_seconds(SystemTime::now()))),
    }
}

impl Observer for EventLines {
    fn note(&self, text: &str) {
        say(self.form, &json!({ "event": "note", "text": text }), text);
    }

    fn begin_run(&self, run: &RunInfo) -> Box<dyn RunObserver> {
        let from = run.resumed_at.unwrap_or(0.0);
        let event = json!({ "event": "begin", "run": run.name, "time": from, "end": run.end });
        say(self.form, &event, &format!("{} begins at t = {}", run.name, short(from)));
        Box::new(RunLines { form: self.form, run: run.clone(), said: Instant::now(), ended: false })
    }

    fn begin_sweep(&self, known: usize, points: usize) {
        self.done.store(known, Ordering::Relaxed);
        self.points.store(points, Ordering::Relaxed);
        let event = json!({ "event": "sweep", "done": known, "points": points });
        say(self.form, &event, &format!("{known} of {points} points are there"));
    }

    fn point_finished(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let points = self.points.load(Ordering::Relaxed);
        let Ok(mut said) = self.said.lock() else { return };
        if done == points || said.elapsed() >= PAUSE {
            *said = Instant::now();
            let event = json!({ "event": "sweep", "done": done, "points": points });
            say(self.form, &event, &format!("{done} of {points} points"));
        }
    }

    fn is_cancelled(&self) -> bool {
        interrupt::asked()
    }
}

/// Lines about one run.
struct RunLines {
    form: ProgressForm,
    run: RunInfo,
    said: Instant,
    ended: bool,
}

impl RunObserver for RunLines {
    fn progress(&mut self, time: f64, done: f64) {
        let ends = time >= self.run.end && !self.ended;
        if !ends && self.said.elapsed() < PAUSE {
            return;
        }
        self.ended |= ends;
        self.said = Instant::now();
        let name = if ends { "end" } else { "progress" };
        let event = json!({ "event": name, "run": self.run.name, "time": time, "done": done });
        let words = format!("{}: t = {} of {}", self.run.name, short(time), short(self.run.end));
        say(self.form, &event, &words);
    }
}
