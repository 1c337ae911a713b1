//! What limits beside many networks have in common: their paths, and the losses of the groups, which no copy
//! changes. Groups are followed once, by whichever network comes first to a time; all networks must come to
//! the same times.

use std::sync::{Mutex, MutexGuard, PoisonError};

use meanfield_run::system::{RunError, State};

use super::architecture::ResidualProblem;
use super::flow::FeatureFlow;
use super::gram::LimitGrams;
use super::limit_paths::{LimitPaths, ResidualLimitError};
use super::resolution::ResidualResolution;
use super::skip_paths::SkipPaths;
use super::start::ResidualStart;

/// Losses of the groups at one time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GroupLosses {
    /// t.
    pub time: f64,
    /// Of each group.
    pub losses: Vec<f64>,
    /// Evaluations of right-hand sides until then, a group's counted by its share of the paths.
    pub evaluations: u64,
}

impl GroupLosses {
    fn now(flows: &[FeatureFlow]) -> Self {
        let evaluations: u64 = flows.iter().map(FeatureFlow::evaluations).sum();
        Self {
            time: flows[0].time(),
            losses: flows.iter().map(FeatureFlow::loss).collect(),
            evaluations: evaluations / flows.len() as u64,
        }
    }
}

/// The groups as far as they were followed.
struct History {
    flows: Vec<FeatureFlow>,
    /// At increasing times, the last of which the flows are at.
    looks: Vec<GroupLosses>,
}

/// The limit without copies, shared by networks.
pub struct SharedLimit {
    paths: LimitPaths,
    history: Mutex<History>,
}

impl SharedLimit {
    /// The limit at t = 0, by K_0, K_1, … of this problem and start.
    ///
    /// # Errors
    /// Where there is none, or its paths cannot be calibrated.
    pub fn new(
        problem: ResidualProblem,
        start: &ResidualStart,
        resolution: &ResidualResolution,
        grams: LimitGrams,
    ) -> Result<Self, ResidualLimitError> {
        let paths = LimitPaths::new(problem, start, resolution, grams)?;
        let flows = paths.groups()?;
        let looks = vec![GroupLosses::now(&flows)];
        Ok(Self { paths, history: Mutex::new(History { flows, looks }) })
    }

    /// K_0, K_1, … of the start.
    pub fn grams(&self) -> &LimitGrams {
        self.paths.grams()
    }

    /// All paths with these as tagged ones, at t = 0.
    pub(crate) fn with_tagged(&self, tagged: &SkipPaths) -> Result<FeatureFlow, ResidualLimitError> {
        Ok(self.paths.whole(Some(tagged))?)
    }

    /// What another thread that panicked left is as good as before: flows step as a whole.
    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The losses of the groups at a time: one that was looked at, or a later one than all of these.
    pub(crate) fn losses(&self, time: f64) -> Result<GroupLosses, RunError> {
        let mut history = self.history();
        let History { flows, looks } = &mut *history;
        if let Some(known) = looks.iter().rev().find(|look| look.time == time) {
            return Ok(known.clone());
        }
        if looks.last().is_some_and(|look| look.time > time) {
            let what = "the groups of the limit were not looked at then".to_owned();
            return Err(RunError::Failed { time, what });
        }
        flows.iter_mut().try_for_each(|flow| flow.advance(time))?;
        looks.push(GroupLosses::now(flows));
        Ok(looks[looks.len() - 1].clone())
    }

    /// Everything needed to go on from here.
    pub(crate) fn state(&self) -> State {
        let history = self.history();
        let mut looks = State { integers: Vec::new(), reals: Vec::new() };
        for look in &history.looks {
            looks.reals.push(look.time);
            looks.reals.extend(&look.losses);
        }
        let flows = history.flows.iter().map(FeatureFlow::state);
        State::join(&[looks].into_iter().chain(flows).collect::<Vec<State>>())
    }

    /// Goes on to a state, unless it was further already.
    pub(crate) fn restore(&self, state: &State) -> Result<(), RunError> {
        let mut history = self.history();
        let parts = state.split().unwrap_or_default();
        let read = parts.split_first().and_then(|(looks, flows)| {
            let looks = read_looks(looks, history.flows.len())?;
            (flows.len() == history.flows.len()).then_some((looks, flows))
        });
        let Some((looks, flows)) = read else {
            return Err(RunError::Checkpoint("it is not of a limit with as many groups".to_owned()));
        };
        if looks.len() > history.looks.len() {
            let mut pairs = history.flows.iter_mut().zip(flows);
            pairs.try_for_each(|(flow, state)| flow.restore(state))?;
            history.looks = looks;
        }
        Ok(())
    }
}

/// Looks at so many groups; None where numbers do not fit.
fn read_looks(state: &State, groups: usize) -> Option<Vec<GroupLosses>> {
    let rows = state.reals.chunks_exact(groups + 1);
    let fits = rows.remainder().is_empty() && !state.reals.is_empty();
    // Evaluations are those of this process.
    let looks = rows.map(|row| GroupLosses { time: row[0], losses: row[1..].to_vec(), evaluations: 0 });
    fits.then(|| looks.collect())
}
