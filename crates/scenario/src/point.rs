//! A point of a scenario that was checked: a complete scenario by itself.

use meanfield_run::record::Place;
use meanfield_solver::fluctuations::{FluctuationSetup, NetworkFluctuations};

use crate::file::ScenarioFile;
use crate::setting::{PointSetting, Setting};
use crate::vary::Candidate;

/// Evaluations of rates in a moment, a fraction of a second; and, in several coordinates, multiplications in
/// it, some seconds.
const MOMENT: u64 = 600;
const MULTIPLICATIONS: f64 = 8e8;
/// Fewer evaluations lead nowhere.
const FIRST_STEPS: u64 = 40;

/// One point of a scenario.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Point {
    /// Its place on the axis of each varied key; empty where nothing is varied.
    pub place: Vec<Place>,
    /// Its position on each of them.
    position: Vec<usize>,
    /// The complete scenario there.
    pub file: Box<ScenarioFile>,
    /// The problem and its setting, as the file defines them.
    pub(crate) setting: Box<PointSetting>,
}

impl Point {
    /// A candidate that was checked.
    pub(crate) fn new(candidate: Candidate, setting: Box<PointSetting>) -> Self {
        let Candidate { place, position, file } = candidate;
        Self { place, position, file, setting }
    }

    /// The place of a system on the axes that concern it. None if another point has the same run of it: a key
    /// of one system leaves the others alone, and they are run once.
    pub fn place_of(&self, system: &str) -> Option<Vec<Place>> {
        let own = self.place.iter().filter(|place| concerns(place, system));
        self.has_own(system).then(|| own.cloned().collect())
    }

    /// What the limit says of networks at these times, [t, R, b, c], to a per cent and within a moment. Empty
    /// where nothing is known of their fluctuations; it ends where first order does, or the moment.
    pub fn first_order(&self, times: &[f64]) -> Vec<[f64; 4]> {
        let PointSetting::TwoLayer(Setting { problem, schedule, .. }) = &*self.setting else {
            return Vec::new();
        };
        let Ok(setup) = FluctuationSetup::coarse(problem, *schedule) else { return Vec::new() };
        let most = setup.multiplications().map_or(MOMENT, |each| MOMENT.min((MULTIPLICATIONS / each) as u64));
        if most < FIRST_STEPS {
            return Vec::new();
        }
        let mut fluctuations = NetworkFluctuations::new(setup);
        let at = |time: &f64| {
            fluctuations.advance_within(schedule.clock(*time), most).ok()?;
            let found = fluctuations.statistics();
            Some([*time, found.risk, found.bias_per_neuron, found.bias_per_step])
        };
        times.iter().map_while(at).collect()
    }

    /// Where networks on points of data leave the assumptions of the theory, in words; nothing of two-layer
    /// ones.
    pub(crate) fn departures(&self) -> Vec<String> {
        self.setting.departures()
    }

    /// Whether no point before has the same run of a system.
    pub(crate) fn has_own(&self, system: &str) -> bool {
        let mut axes = self.place.iter().zip(&self.position);
        !axes.any(|(place, position)| *position > 0 && !concerns(place, system))
    }
}

/// Whether a varied key is the system's own, or of all.
fn concerns(place: &Place, system: &str) -> bool {
    let key = place.key.as_deref().unwrap_or_default();
    key.strip_prefix("systems.").is_none_or(|rest| rest.split('.').next() == Some(system))
}
