//! One number for each seed at each point of the varied keys: what a statistic over the seeds is made of.
//! Nothing is fitted here.

use meanfield_run::record::{Place, Record, RunAxis, in_words, places};
use meanfield_run::scaled::{ScaledQuantity, Statistic};

use crate::align;
use crate::distance::Distance;
use crate::joint_distance::{JointDistance, joint_distances};
use crate::judge::estimated_risk::sampling_variance;
use crate::judge::pair::Pair;

/// Planned times differ by rounding of the last digits.
const ROUNDING: f64 = 1e-9;

/// How the numbers of the seeds become the measured value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Their mean.
    Mean,
    /// Their variance (n − 1 in the denominator).
    Variance,
}

impl Moment {
    /// The value of some of the numbers, given by their indices.
    pub fn value(self, numbers: &[f64], picked: impl Iterator<Item = usize> + Clone) -> f64 {
        let count = picked.clone().count() as f64;
        let mean = picked.clone().map(|i| numbers[i]).sum::<f64>() / count;
        match self {
            Self::Mean => mean,
            Self::Variance => picked.map(|i| (numbers[i] - mean).powi(2)).sum::<f64>() / (count - 1.0),
        }
    }
}

/// The numbers of all seeds at one point.
#[derive(Clone, Debug)]
pub(super) struct SampledPoint {
    /// Values of the varied keys, in the order of the axes.
    pub keys: Vec<f64>,
    /// The system there, without its laws.
    pub system: Record,
    /// The reference there, without its laws.
    pub reference: Record,
    /// The time at which the system was observed.
    pub time: f64,
    /// One for each seed.
    pub numbers: Vec<f64>,
}

impl SampledPoint {
    /// By how much the risk there spreads beyond what the networks do: 0 where it is exact.
    pub fn sampling_variance(&self) -> f64 {
        let variances = sampling_variance(&self.system);
        let index = self.system.time.iter().position(|time| *time == self.time);
        variances.zip(index).map_or(0.0, |(variances, index)| variances[index])
    }
}

/// The numbers at all points.
#[derive(Clone, Debug)]
pub(super) struct Samples {
    /// The varied keys.
    pub axes: Vec<RunAxis>,
    /// Row-major over the axes.
    pub points: Vec<SampledPoint>,
    /// How the seeds' numbers become one.
    pub moment: Moment,
    /// The planned time.
    pub time: f64,
}

impl Samples {
    /// The numbers of a quantity at a time, the last one if none is given; an error says what is missing.
    pub fn new(
        system: &Record,
        reference: &Record,
        quantity: &ScaledQuantity,
        time: Option<f64>,
    ) -> Result<Self, String> {
        let axes: Vec<RunAxis> = system.varied().cloned().collect();
        let all = places(&axes);
        let points = all.iter().map(|place| sampled(system, reference, quantity, time, place));
        let points = points.collect::<Result<Vec<_>, String>>()?;
        let moment = match quantity {
            ScaledQuantity::Curve { statistic: Statistic::Spread, .. } => Moment::Variance,
            _ => Moment::Mean,
        };
        let planned =
            if quantity.is_distance() { system.planned_snapshot_time() } else { system.planned_time() };
        let time = time.or(planned.last().copied()).unwrap_or(f64::NAN);
        Ok(Self { axes, points, moment, time })
    }

    /// Seeds at each point; None unless they are as many at all.
    pub fn seeds(&self) -> Option<usize> {
        let count = self.points.first()?.numbers.len();
        self.points.iter().all(|point| point.numbers.len() == count).then_some(count)
    }
}

/// The numbers at one point.
fn sampled(
    system: &Record,
    reference: &Record,
    quantity: &ScaledQuantity,
    time: Option<f64>,
    place: &[Place],
) -> Result<SampledPoint, String> {
    let missing = |what: &str| format!("{what} at {}", in_words(place));
    let mut own = system.at(place).ok_or_else(|| missing("the system was not run"))?;
    let mut base = reference.at(place).ok_or_else(|| missing("the reference was not run"))?;
    let found = match quantity {
        ScaledQuantity::Curve { curve, statistic } => curve_numbers(&own, &base, curve, *statistic, time),
        ScaledQuantity::Distance(name) => distance_numbers(&own, &base, name, time),
        ScaledQuantity::Coupled(curve) => own_squares(&own, curve, time),
        _ => None,
    };
    let (time, numbers) = found.ok_or_else(|| missing("nothing was observed together"))?;
    if numbers.iter().any(|number| !number.is_finite()) {
        return Err(missing("a run has no finite value"));
    }
    let keys = place.iter().map(|place| place.value).collect();
    // Laws take most of the memory, and are not needed any more.
    own.laws.clear();
    base.laws.clear();
    Ok(SampledPoint { keys, system: own, reference: base, time, numbers })
}

/// The time of the system's observation, and of each seed the deviation (or its square) of a curve.
fn curve_numbers(
    own: &Record,
    base: &Record,
    curve: &str,
    statistic: Statistic,
    time: Option<f64>,
) -> Option<(f64, Vec<f64>)> {
    let pair = Pair::new(own, base, &[]);
    let planned = own.planned_time();
    let mut common = pair.common_times().into_iter().filter(|(i, _)| is_wanted(planned[*i], time));
    let (index, observed) = common.next_back()?;
    let reference = align::mean(&align::runs(base, base.curve(curve)?));
    let expected = align::interpolate(&base.time, &reference, observed, pair.slack)?;
    let rows = align::runs(own, own.curve(curve)?);
    let deviations = rows.iter().map(|row| row[index] - expected);
    let numbers = match statistic {
        Statistic::Error => deviations.map(|deviation| deviation * deviation).collect(),
        _ => deviations.collect(),
    };
    Some((observed, numbers))
}

/// The time of the system's snapshot, and of each seed the square of a distance from the reference's law.
fn distance_numbers(own: &Record, base: &Record, name: &str, time: Option<f64>) -> Option<(f64, Vec<f64>)> {
    let slack = Pair::new(own, base, &[]).slack;
    let planned = own.planned_snapshot_time();
    let mut wanted = (0..planned.len()).filter(|i| is_wanted(planned[*i], time));
    let mine = wanted.next_back()?;
    let observed = own.snapshot_time[mine];
    let theirs = align::snapshot_at(base, observed, slack)?;
    if let Some(joint) = JointDistance::ALL.into_iter().find(|distance| distance.quantity().is_called(name)) {
        let reference = align::joint_laws(base, theirs)?;
        let found = joint_distances(&[joint], &align::joint_laws(own, mine)?, &reference)?;
        return Some((observed, found.first()?.runs.iter().map(|distance| distance.powi(2)).collect()));
    }
    let named = |distance: Distance| Some((distance, distance.quantity().coordinate_of(name)?));
    let (distance, coordinate) = Distance::ALL.into_iter().find_map(named)?;
    let [place, other] =
        [own, base].map(|record| record.coordinates().iter().position(|known| known == coordinate));
    let law = align::pooled_law(base, other?, theirs)?;
    let runs = align::laws(own, place?, mine)?;
    Some((observed, runs.iter().map(|run| distance.between(run, &law).powi(2)).collect()))
}

/// The time of the observation, and of each seed the square of a curve that is itself a distance.
fn own_squares(own: &Record, curve: &str, time: Option<f64>) -> Option<(f64, Vec<f64>)> {
    let planned = own.planned_time();
    let index = (0..planned.len()).rfind(|i| is_wanted(planned[*i], time))?;
    let rows = align::runs(own, own.curve(curve)?);
    Some((own.time[index], rows.iter().map(|row| row[index].powi(2)).collect()))
}

/// Whether an observation planned for `planned` is the one of time `time`; any is without one.
fn is_wanted(planned: f64, time: Option<f64>) -> bool {
    time.is_none_or(|time| (planned - time).abs() <= ROUNDING * time.abs().max(1.0))
}
