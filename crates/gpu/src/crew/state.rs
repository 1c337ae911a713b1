//! What the threads of a crew share: where each network is, what its thread waits for, and which of them the
//! next launch is for. Threads themselves are known to [`super::Crew`] alone.

use std::time::{Duration, Instant};

use meanfield_random::stream::Purpose;
use ndarray::Array2;

use crate::trainer::{DeviceError, Losses, Recruit, Slice, Step, Trainer};

/// How long runs wait for those that have not begun.
const PATIENCE: Duration = Duration::from_secs(10);
/// A slice takes about so long.
const SLICE: Duration = Duration::from_millis(120);
/// Steps of the first slice, and most of any: the sizes of steps are a table.
const FIRST_STEPS: u64 = 1024;
const MOST_STEPS: u64 = 1 << 22;
/// Fresh samples of a launch: always as many, so that sums of losses are rounded alike.
const SAMPLES: u64 = 1 << 13;
/// Fresh samples have the numbers from step · 2²⁸ on.
const SAMPLES_OF_STEP: u32 = 28;

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Want {
    /// So many steps in all, a multiple of the block.
    Steps(u64),
    /// The losses on some of these fresh samples, the first ones, so many steps ahead.
    Losses {
        /// Fewer than a block.
        ahead: u64,
        /// The first one.
        start: u64,
        /// The one after the last.
        end: u64,
    },
}

/// What the threads of a crew share.
pub(super) struct CrewState {
    recruit: Option<Recruit>,
    trainer: Option<Box<dyn Trainer>>,
    members: Vec<Member>,
    since: Option<Instant>,
    /// Steps that are made together.
    block: u64,
    /// Steps of the next slice.
    steps: u64,
    failed: Option<DeviceError>,
}

/// A network of the crew.
#[derive(Clone, Debug, Default)]
struct Member {
    presence: Presence,
    /// Steps that it has made, a multiple of the block.
    trained: u64,
    /// What its thread waits for.
    want: Option<Want>,
    /// Those of the last launch for it.
    losses: Losses,
}

/// Whether a member's thread takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Presence {
    /// Not yet.
    #[default]
    Expected,
    /// It does.
    Here,
    /// It has ended.
    Gone,
}

impl CrewState {
    pub fn new(members: usize, block: u64, recruit: Recruit) -> Self {
        Self {
            recruit: Some(recruit),
            trainer: None,
            members: vec![Member::default(); members],
            since: None,
            block,
            steps: FIRST_STEPS,
            failed: None,
        }
    }

    /// Says that a network's thread takes part.
    pub fn appear(&mut self, member: usize) {
        self.members[member].presence = Presence::Here;
        self.since.get_or_insert_with(Instant::now);
    }

    /// Says what it waits for.
    pub fn want(&mut self, member: usize, want: Want) {
        self.appear(member);
        self.members[member].want = Some(want);
    }

    pub fn leave(&mut self, member: usize) {
        self.members[member].presence = Presence::Gone;
    }

    pub fn trained(&self, member: usize) -> u64 {
        self.members[member].trained
    }

    pub fn losses(&self, member: usize) -> Losses {
        self.members[member].losses
    }

    /// Whether a network's thread need wait no longer.
    pub fn has_what_it_wants(&self, member: usize) -> Result<bool, DeviceError> {
        match &self.failed {
            Some(error) => Err(error.clone()),
            None => Ok(self.members[member].want.is_none()),
        }
    }

    /// Says that the device has failed: nothing is trained any more.
    pub fn fail(&mut self, error: &DeviceError) {
        self.failed = Some(error.clone());
    }

    /// The trainer, made where there is none yet.
    pub fn trainer(&mut self) -> Result<&mut dyn Trainer, DeviceError> {
        if let Some(recruit) = self.recruit.take() {
            match recruit() {
                Ok(trainer) => self.trainer = Some(trainer),
                Err(error) => self.failed = Some(error),
            }
        }
        match (&mut self.trainer, &self.failed) {
            (Some(trainer), _) => Ok(&mut **trainer),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Err(DeviceError("there is no device".to_owned())),
        }
    }

    /// Puts a network where it has made so many steps and has these parameters.
    pub fn place(&mut self, member: usize, trained: u64, weights: &Array2<f64>) -> Result<(), DeviceError> {
        self.trainer()?.set_weights(member, weights)?;
        self.members[member].trained = trained;
        self.members[member].want = None;
        Ok(())
    }

    /// Whether all that are waited for want something.
    pub fn is_ready(&self) -> bool {
        let is_patient = self.since.is_some_and(|since| since.elapsed() < PATIENCE);
        self.members.iter().all(|member: &Member| match member.presence {
            Presence::Here => member.want.is_some(),
            Presence::Expected => !is_patient,
            Presence::Gone => true,
        })
    }

    /// Launches what all wait for, or the first of it.
    pub fn launch(&mut self, step: &dyn Fn(u64) -> Step) {
        let losses = self.members.iter().find(|member| matches!(member.want, Some(Want::Losses { .. })));
        let launched = match losses.map(|member| (member.trained, member.want)) {
            Some((trained, Some(want))) => self.find_losses(trained, want, step),
            _ => self.train(step),
        };
        self.failed = launched.err();
    }

    /// Those that have made so many steps and want something of this kind.
    fn crowd(&self, trained: u64, wants: impl Fn(Want) -> bool) -> Vec<usize> {
        let members = self.members.iter().enumerate();
        let joined =
            members.filter(|(_, member)| member.trained == trained && member.want.is_some_and(&wants));
        joined.map(|(index, _)| index).collect()
    }

    /// The losses of all that want the same: steps of no size on samples of their own.
    fn find_losses(
        &mut self,
        trained: u64,
        want: Want,
        step: &dyn Fn(u64) -> Step,
    ) -> Result<(), DeviceError> {
        let Want::Losses { ahead, start, end } = want else { return Ok(()) };
        let crowd = self.crowd(trained, |other| other == want);
        let steps = vec![Step::NONE; SAMPLES.min(end - start) as usize];
        let first = ((trained + ahead) << SAMPLES_OF_STEP) + start;
        let slice = Slice { members: &crowd, purpose: Purpose::Evaluation, first, steps: &steps };
        let losses = self.ahead(&crowd, ahead, step, |trainer| trainer.train(&slice))?;
        for (index, losses) in crowd.into_iter().zip(losses) {
            (self.members[index].losses, self.members[index].want) = (losses, None);
        }
        Ok(())
    }

    /// What `look` sees of networks that have all made as many steps, `ahead` steps further; they are left
    /// where they are. Where the device fails they may not be: then the crew has failed.
    pub fn ahead<T>(
        &mut self,
        crowd: &[usize],
        ahead: u64,
        step: &dyn Fn(u64) -> Step,
        look: impl FnOnce(&mut dyn Trainer) -> Result<T, DeviceError>,
    ) -> Result<T, DeviceError> {
        let first = crowd.first().map_or(0, |member| self.members[*member].trained);
        let trainer = self.trainer()?;
        if ahead == 0 {
            return look(trainer);
        }
        let before: Vec<Array2<f64>> =
            crowd.iter().map(|member| trainer.weights(*member)).collect::<Result<_, _>>()?;
        let steps: Vec<Step> = (first..first + ahead).map(step).collect();
        trainer.train(&Slice { members: crowd, purpose: Purpose::Data, first, steps: &steps })?;
        let seen = look(trainer)?;
        for (member, weights) in crowd.iter().zip(&before) {
            trainer.set_weights(*member, weights)?;
        }
        Ok(seen)
    }

    /// Trains those that are furthest behind by a slice, up to the next of the others.
    fn train(&mut self, step: &dyn Fn(u64) -> Step) -> Result<(), DeviceError> {
        let waiting = || {
            self.members.iter().filter_map(|member: &Member| match member.want {
                Some(Want::Steps(wanted)) => Some((member.trained, wanted)),
                _ => None,
            })
        };
        let Some(first) = waiting().map(|(trained, _)| trained).min() else { return Ok(()) };
        let ahead = waiting().map(|(trained, _)| trained).filter(|trained| *trained > first);
        let wanted = waiting().filter(|(trained, _)| *trained == first).map(|(_, wanted)| wanted);
        let last = ahead.chain(wanted).min().unwrap_or(first).min(first + self.steps);
        let crowd = self.crowd(first, |want| matches!(want, Want::Steps(_)));
        let steps: Vec<Step> = (first..last).map(step).collect();
        let begun = Instant::now();
        let slice = Slice { members: &crowd, purpose: Purpose::Data, first, steps: &steps };
        let losses = self.trainer()?.train(&slice)?;
        self.pace(last - first, begun.elapsed());
        for (index, losses) in crowd.into_iter().zip(losses) {
            let member = &mut self.members[index];
            (member.trained, member.want, member.losses) = (last, None, losses);
        }
        Ok(())
    }

    /// Makes the next slice as long as a slice should take.
    fn pace(&mut self, steps: u64, took: Duration) {
        let share = SLICE.as_secs_f64() / took.as_secs_f64().max(1e-6);
        let next = steps as f64 * share.clamp(0.25, 4.0);
        self.steps = (next as u64).clamp(self.block, MOST_STEPS).next_multiple_of(self.block);
    }
}
