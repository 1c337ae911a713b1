//! The loop over time, written once: advance, observe, checkpoint, report.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::cpu::thread_seconds;
use crate::crowd;
use crate::log::Log;
pub use crate::plan::{Identity, Plan};
use crate::record::{Fact, Record};
use crate::system::{RunError, State, Stride, System};
use crate::unfinished;

/// Rounding of a system's clock when it is saved, relative to the time.
const ROUNDING: f64 = 1e-12;

/// Where in a run a checkpoint was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Seam {
    /// On the way.
    Underway,
    /// At the end, where a run through a longer plan would have come in the same way.
    CleanEnd,
    /// At the end, where that would not be so: the end cut a step, or observations before it were read
    /// without the steps that would have followed.
    CutEnd,
}

/// A run in the middle, or at its end: enough to go on as if nothing had happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The time reached.
    pub time: f64,
    /// The system's state.
    pub state: State,
    /// The observations so far.
    pub log: Log,
    /// Number of events observed.
    pub observed: usize,
    /// Whether it is of the end.
    pub seam: Seam,
}

impl Checkpoint {
    fn of(system: &dyn System, log: &Log, observed: usize) -> Self {
        let seam = Seam::Underway;
        Self { time: system.time(), state: system.save(), log: log.clone(), observed, seam }
    }

    /// Whether a run of this system through this plan would have come here, too: what is to be observed until
    /// then was observed, and the run goes on from an end as if it had been none.
    pub fn suits(&self, plan: &Plan, identity: &Identity) -> bool {
        let plan = plan.of_nature(identity.nature);
        let events = plan.events();
        let Some((before, after)) = events.split_at_checked(self.observed) else { return false };
        let is_clean = after.is_empty() || self.seam != Seam::CutEnd;
        is_clean && self.log.fits(&plan, before, identity.coordinates.len())
    }
}

/// Observer of a run: progress, checkpoints, requests to stop.
pub trait Watch: Send {
    /// Called at the start, after each stride and after each observation with the time reached, and the share
    /// of the work that is done.
    fn progress(&mut self, time: f64, done: f64);

    /// Whether a checkpoint should be written now.
    fn wants_checkpoint(&mut self) -> bool {
        false
    }

    /// Saves a checkpoint.
    ///
    /// # Errors
    /// [`RunError::Write`] where it could not be written: the run ends.
    fn checkpoint(&mut self, _checkpoint: &Checkpoint) -> Result<(), RunError> {
        Ok(())
    }

    /// Whether to stop early; asked before the first stride and after each.
    fn cancelled(&self) -> bool {
        false
    }
}

/// A run without an observer.
impl Watch for () {
    fn progress(&mut self, _time: f64, _done: f64) {}
}

/// A run that stopped before its end.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Stopped {
    /// The reason.
    pub error: RunError,
    /// The observations until then, NaN afterwards; None if there are none.
    pub so_far: Option<Box<Record>>,
    /// Facts about the run.
    pub facts: Vec<Fact>,
}

/// Runs `system` through `plan`, from its start or from a checkpoint, and returns its record. One that is
/// static is observed at the end of the plan only. Before a run is cancelled it saves a last checkpoint.
///
/// # Errors
/// [`Stopped`], with the observations until then: the system failed, the watch cancelled the run or could
/// not save a checkpoint, or `from` is a checkpoint of another run.
///
/// ```
/// use meanfield_model::measure::Measure;
/// use meanfield_run::drive::{Identity, Plan, drive};
/// use meanfield_run::system::{Observation, RunError, State, Stride, System};
///
/// /// One neuron whose radius decays: r(t) = e⁻ᵗ.
/// struct Decay(f64);
///
/// impl System for Decay {
///     fn time(&self) -> f64 {
///         self.0
///     }
///     fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
///         self.0 = until;
///         Ok(Stride::Reached)
///     }
///     fn observe(&self) -> Observation {
///         let radius = (-self.0).exp();
///         Observation { risk: radius * radius, scalars: Vec::new(), law: Measure::equal_atoms(&[radius]) }
///     }
///     fn work(&self) -> u64 {
///         0
///     }
///     fn save(&self) -> State {
///         State { integers: Vec::new(), reals: vec![self.0] }
///     }
///     fn restore(&mut self, state: &State) -> Result<(), RunError> {
///         self.0 = state.reals[0];
///         Ok(())
///     }
/// }
///
/// let identity = Identity {
///     system: "decay".into(),
///     kind: "toy",
///     coordinates: vec!["radius".into()],
///     ..Identity::default()
/// };
/// let plan = Plan { times: vec![0.0, 1.0, 2.0], snapshots: vec![2.0], levels: vec![0.5] };
/// let record = drive(&mut Decay(0.0), identity, &plan, None, &mut ())?;
/// assert_eq!(record.curves[0].name, "risk");
/// assert_eq!(record.curves[0].values[[1]], (-1.0_f64).exp().powi(2));
/// assert_eq!(record.curve("mean_radius").expect("observed").values[[2]], (-2.0_f64).exp());
/// # Ok::<(), meanfield_run::drive::Stopped>(())
/// ```
pub fn drive(
    system: &mut dyn System,
    identity: Identity,
    plan: &Plan,
    from: Option<Checkpoint>,
    watch: &mut dyn Watch,
) -> Result<Record, Stopped> {
    let plan = &*plan.of_nature(identity.nature);
    let mut log = Log::default();
    let outcome = advance_through(system, plan, (from, identity.coordinates.len()), watch, &mut log);
    match outcome {
        Ok(()) => Ok(log.into_record(identity, plan)),
        Err(error) => {
            log.finish_crowd();
            let facts = log.facts(&identity);
            let so_far = (!log.is_empty()).then(|| {
                let record = log.into_record(identity, plan);
                Box::new(unfinished::padded(record, plan, error.to_string()))
            });
            Err(Stopped { error, so_far, facts })
        }
    }
}

/// Advances a system from event to event, and logs its observations.
fn advance_through(
    system: &mut dyn System,
    plan: &Plan,
    (from, coordinates): (Option<Checkpoint>, usize),
    watch: &mut dyn Watch,
    log: &mut Log,
) -> Result<(), RunError> {
    if watch.cancelled() {
        return Err(RunError::Cancelled(from.map_or(0.0, |checkpoint| checkpoint.time)));
    }
    let mut observed = 0;
    let mut seam = Seam::Underway;
    let events = plan.events();
    if let Some(checkpoint) = from {
        resume(system, plan, &events, &checkpoint, coordinates)?;
        (*log, observed) = (checkpoint.log, checkpoint.observed);
        seam = if observed == events.len() { checkpoint.seam } else { Seam::Underway };
    }
    let clock = Clock::start(log.cpu_seconds, log.wall_seconds);
    let all = system.work_until(plan.end());
    watch.progress(system.time(), share_done(system, all));
    while let Some(&event) = events.get(observed) {
        if let Some(until) = crowd::free_until(system, plan, &events[observed..], log.is_waiting()) {
            let passed = log.pass(system, plan, &events[observed..], until);
            observed += passed.inspect_err(|_| clock.read(log))?;
            report(system, all, observed, log, &clock, watch)?;
            continue;
        }
        while system.advance(event).inspect_err(|_| clock.read(log))? == Stride::Underway {
            report(system, all, observed, log, &clock, watch)?;
        }
        log.observe(system, plan, event);
        observed += 1;
        report(system, all, observed, log, &clock, watch)?;
    }
    if seam == Seam::Underway {
        seam = seam_at_the_end(system, plan, log);
    }
    log.finish_crowd();
    clock.read(log);
    watch.checkpoint(&Checkpoint { seam, ..Checkpoint::of(system, log, observed) })?;
    watch.progress(plan.end(), 1.0);
    Ok(())
}

/// Whether a longer plan would have brought a system here: one that steps at its own pace ends a step at
/// each snapshot, whatever comes after it.
fn seam_at_the_end(system: &dyn System, plan: &Plan, log: &Log) -> Seam {
    let is_snapshot = plan.snapshots.last().is_some_and(|last| *last == plan.end());
    let is_clean = system.next_step().is_none() || (is_snapshot && !log.is_waiting());
    if is_clean { Seam::CleanEnd } else { Seam::CutEnd }
}

/// Restores a system from a checkpoint, if that is one of this run: saved after so many events, between the
/// last of them and the next one (of a network, to a step), with the observations until then. The state may
/// be an earlier one, from which the system goes on.
fn resume(
    system: &mut dyn System,
    plan: &Plan,
    events: &[f64],
    checkpoint: &Checkpoint,
    coordinates: usize,
) -> Result<(), RunError> {
    let Some((before, after)) = events.split_at_checked(checkpoint.observed) else {
        let what = format!("{} observations, and the plan has {}", checkpoint.observed, events.len());
        return Err(RunError::Checkpoint(what));
    };
    if checkpoint.seam == Seam::CutEnd && !after.is_empty() {
        let what = "it is the end of a shorter run, which cut a step".to_owned();
        return Err(RunError::Checkpoint(what));
    }
    if !checkpoint.log.fits(plan, before, coordinates) {
        let what = "what it observed is not what was to be observed until then";
        return Err(RunError::Checkpoint(what.to_owned()));
    }
    system.restore(&checkpoint.state)?;
    let time = system.time();
    let saved = checkpoint.time;
    let step = system.step().map_or(0.0, |step| time / step.max(1) as f64);
    let slack = step + ROUNDING * plan.end();
    // A network observes what is closer than half a step before it has made one.
    let last = before.last().filter(|_| system.step() != Some(0));
    let from = last.map_or(0.0, |last| last - slack);
    let until = after.first().or(before.last()).map_or(0.0, |next| next + slack);
    match (from..=until).contains(&saved) && (0.0..=saved + slack).contains(&time) {
        true => Ok(()),
        false => Err(RunError::Checkpoint(format!("it says t = {saved} between t = {from} and t = {until}"))),
    }
}

/// After a stride or an observation: reports progress, saves a checkpoint where one is due, and ends the run
/// where that was requested.
fn report(
    system: &dyn System,
    all: f64,
    observed: usize,
    log: &mut Log,
    clock: &Clock,
    watch: &mut dyn Watch,
) -> Result<(), RunError> {
    watch.progress(system.time(), share_done(system, all));
    let cancelled = watch.cancelled();
    if cancelled || watch.wants_checkpoint() {
        clock.read(log);
        watch.checkpoint(&Checkpoint::of(system, log, observed))?;
    }
    if cancelled { Err(RunError::Cancelled(system.time())) } else { Ok(()) }
}

/// The share of `all` the work that is done.
fn share_done(system: &dyn System, all: f64) -> f64 {
    if all > 0.0 { system.work_until(system.time()) / all } else { 0.0 }
}

/// Wall clock and CPU time of this thread and its helpers, on top of what earlier processes used.
struct Clock {
    wall: Instant,
    cpu: f64,
    before: (f64, f64),
}

impl Clock {
    fn start(cpu_before: f64, wall_before: f64) -> Self {
        Self { wall: Instant::now(), cpu: thread_seconds(), before: (cpu_before, wall_before) }
    }

    fn read(&self, log: &mut Log) {
        log.cpu_seconds = self.before.0 + thread_seconds() - self.cpu;
        log.wall_seconds = self.before.1 + self.wall.elapsed().as_secs_f64();
    }
}
