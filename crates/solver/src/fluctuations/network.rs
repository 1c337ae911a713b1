//! The fluctuations of networks about the limit of a problem, in however many coordinates it has.

use std::sync::OnceLock;

use meanfield_model::coordinates::Coordinates;
use meanfield_model::problem::Problem;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{RunError, Scalar, State};

use super::adjoint::backward;
use super::backward::Backward;
use super::blocks::{self, BlockFluctuations, BlockResolution, BlockSetup};
use super::evolution::Fluctuations;
use super::history::History;
use super::law::EvolvingFluctuations;
use super::setup::{FluctuationError, Resolution, Setup};
use super::statistics::Statistics;

/// A problem, resolved for its fluctuations.
#[derive(Clone, Debug)]
pub struct FluctuationSetup(Resolved);

#[derive(Clone, Debug)]
enum Resolved {
    /// One radius: to first order, and for the second chaos.
    Radius(Box<[Setup; 2]>),
    /// Several coordinates: to first order, what goes along to tell the error, and for the second chaos.
    Blocks(Box<[BlockSetup; 3]>),
}

/// The fluctuations as they evolve in s, with the second chaos at any time so far.
pub struct NetworkFluctuations(Followed);

enum Followed {
    Radius {
        fluctuations: Box<Fluctuations>,
        coarse: Setup,
        history: OnceLock<History<Setup>>,
    },
    Blocks {
        fluctuations: Box<BlockFluctuations>,
        coarse: BlockSetup,
        history: OnceLock<History<BlockSetup>>,
    },
}

impl FluctuationSetup {
    /// A problem under a schedule.
    ///
    /// # Errors
    /// Where fluctuations of its networks are not known.
    pub fn new(problem: &Problem, schedule: Schedule) -> Result<Self, FluctuationError> {
        let fine = BlockResolution::of_problem(problem);
        Self::resolved(problem, schedule, Resolution::default(), fine)
    }

    /// The same to a per cent or so, quickly.
    ///
    /// # Errors
    /// Those of [`Self::new`].
    pub fn coarse(problem: &Problem, schedule: Schedule) -> Result<Self, FluctuationError> {
        let coarse = BlockResolution::coarse(problem);
        Self::resolved(problem, schedule, Resolution::of_second_chaos(), coarse)
    }

    /// Multiplications of one evaluation of the rates in several coordinates; none in one radius, where they
    /// are few.
    pub fn multiplications(&self) -> Option<f64> {
        match &self.0 {
            Resolved::Radius(_) => None,
            Resolved::Blocks(setups) => Some(setups[..2].iter().map(BlockSetup::multiplications).sum()),
        }
    }

    fn resolved(
        problem: &Problem,
        schedule: Schedule,
        radius: Resolution,
        blocks: BlockResolution,
    ) -> Result<Self, FluctuationError> {
        if problem.coordinates() == Coordinates::Radius {
            let fine = Setup::new(problem, schedule, radius)?;
            let coarse = Setup::new(problem, schedule, Resolution::of_second_chaos())?;
            return Ok(Self(Resolved::Radius(Box::new([fine, coarse]))));
        }
        let fine = BlockSetup::new(problem, schedule, blocks)?;
        let coarser = BlockSetup::new(problem, schedule, blocks.coarser())?;
        let coarse = BlockSetup::new(problem, schedule, BlockResolution::of_second_chaos(problem))?;
        Ok(Self(Resolved::Blocks(Box::new([fine, coarser, coarse]))))
    }
}

impl NetworkFluctuations {
    /// At s = 0.
    pub fn new(setup: FluctuationSetup) -> Self {
        Self(match setup.0 {
            Resolved::Radius(setups) => {
                let [fine, coarse] = *setups;
                let fluctuations = Box::new(Fluctuations::new(fine));
                Followed::Radius { fluctuations, coarse, history: OnceLock::new() }
            }
            Resolved::Blocks(setups) => {
                let [fine, coarser, coarse] = *setups;
                let fluctuations = Box::new(BlockFluctuations::new(fine, coarser));
                Followed::Blocks { fluctuations, coarse, history: OnceLock::new() }
            }
        })
    }

    /// Evolves until s, with so many evaluations of the rates at most from the start on.
    ///
    /// # Errors
    /// Where there is no first order any more, and where the evaluations are used up.
    pub fn advance_within(&mut self, clock: f64, evaluations: u64) -> Result<(), RunError> {
        match &mut self.0 {
            Followed::Radius { fluctuations, .. } => fluctuations.advance_within(clock, evaluations),
            Followed::Blocks { fluctuations, .. } => fluctuations.advance_within(clock, evaluations),
        }
    }

    /// Means and spreads now.
    pub fn statistics(&mut self) -> Statistics {
        match &mut self.0 {
            Followed::Radius { fluctuations, .. } => fluctuations.statistics(),
            Followed::Blocks { fluctuations, .. } => fluctuations.statistics(),
        }
    }

    /// In several coordinates, by how much a coarser solution differs.
    fn error(&self) -> Option<f64> {
        match &self.0 {
            Followed::Radius { .. } => None,
            Followed::Blocks { fluctuations, .. } => Some(fluctuations.error()),
        }
    }

    /// What the equations backwards find at s ≤ `until`.
    fn backward(&self, clock: f64, until: f64) -> Option<Backward> {
        match &self.0 {
            Followed::Radius { coarse, history, .. } => {
                backward(history.get_or_init(|| History::new(coarse.clone(), until)), clock)
            }
            Followed::Blocks { coarse, history, .. } => {
                blocks::block_backward(history.get_or_init(|| blocks::history(coarse.clone(), until)), clock)
            }
        }
    }
}

impl EvolvingFluctuations for NetworkFluctuations {
    fn clock(&self) -> f64 {
        match &self.0 {
            Followed::Radius { fluctuations, .. } => fluctuations.clock(),
            Followed::Blocks { fluctuations, .. } => fluctuations.clock(),
        }
    }

    fn advance_to(&mut self, clock: f64) -> bool {
        self.advance_within(clock, u64::MAX).is_ok()
    }

    fn statistics(&mut self) -> Statistics {
        NetworkFluctuations::statistics(self)
    }

    /// The mean radius is known in one radius; elsewhere there is an error.
    fn scalars(&self, statistics: &Statistics, _: f64, clock: f64, until: f64) -> Vec<Scalar> {
        let is_known = clock <= until && !statistics.risk.is_nan();
        let backward = if is_known { self.backward(clock, until) } else { None };
        statistics.scalars(backward.unwrap_or(Backward::UNKNOWN).second, self.error())
    }

    fn evaluations(&self) -> u64 {
        match &self.0 {
            Followed::Radius { fluctuations, .. } => fluctuations.evaluations(),
            Followed::Blocks { fluctuations, .. } => fluctuations.evaluations(),
        }
    }

    fn save(&self) -> State {
        match &self.0 {
            Followed::Radius { fluctuations, .. } => fluctuations.evolution.save(),
            Followed::Blocks { fluctuations, .. } => fluctuations.save(),
        }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        match &mut self.0 {
            Followed::Radius { fluctuations, .. } => fluctuations.evolution.restore(state),
            Followed::Blocks { fluctuations, .. } => fluctuations.restore(state),
        }
    }
}
