//! The observations of a run so far; they become a [`Record`] at the end. Saved with every checkpoint.

use meanfield_model::coordinate_law::CoordinateLaw;
use meanfield_model::measure::Measure;
use ndarray::{Array1, ArrayD, IxDyn};
use serde::{Deserialize, Serialize};

use crate::crowd::{Crowd, Readings};
use crate::facts::{CPU_SECONDS, WALL_SECONDS};
use crate::padding;
use crate::plan::{Identity, Plan};
use crate::quantities::{RISK, is_certificate, statistics};
use crate::record::{Curve, Fact, NamedLaw, Nature, Quantiles, Record, Timetable};
use crate::system::{FurtherLaw, Observation, RunError, System};

/// Observations in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Log {
    time: Vec<f64>,
    step: Vec<u64>,
    /// (name, meaning) of each curve.
    names: Vec<(String, String)>,
    /// One row a time, values in the order of `names`.
    rows: Vec<Readings>,
    /// Number of coordinates.
    coordinates: usize,
    /// Planned times that were passed and are not interpolated yet.
    crowd: Crowd,
    snapshot_time: Vec<f64>,
    laws: Vec<Measure>,
    /// Laws beside those of the neurons.
    further: Vec<NamedLaw>,
    /// Planned times of the rows and of the laws.
    planned: Vec<f64>,
    planned_snapshots: Vec<f64>,
    /// CPU seconds used, all processes together.
    pub cpu_seconds: f64,
    /// Wall seconds used, all processes together.
    pub wall_seconds: f64,
}

impl Log {
    /// Observes a system that has reached the event at time `event`.
    pub(crate) fn observe(&mut self, system: &dyn System, plan: &Plan, event: f64) {
        let observation = system.observe();
        let now = system.time();
        let row = self.row(&observation, plan);
        if self.further.is_empty() {
            self.further = system.further_laws().into_iter().map(without_measure).collect();
        }
        if contains(&plan.times, event) && self.crowd.is_waiting() {
            self.crowd.wait(now, system.clock(now));
        } else if contains(&plan.times, event) {
            self.time.push(now);
            self.planned.push(event);
            self.step.extend(system.step());
            self.rows.push(row.clone());
        }
        if system.next_step().is_some() {
            self.crowd.end(system.clock(now), row);
            self.read_ready();
        }
        if contains(&plan.snapshots, event) {
            self.snapshot_time.push(now);
            self.planned_snapshots.push(event);
            self.laws.push(observation.law);
            for (own, observed) in self.further.iter_mut().zip(system.further_laws()) {
                own.measures.push(observed.measure);
            }
        }
    }

    /// Lets a system step at its own pace, not past `until`, and interpolates at the times `ahead` that it
    /// passes. Returns how many.
    pub(crate) fn pass(
        &mut self,
        system: &mut dyn System,
        plan: &Plan,
        ahead: &[f64],
        until: f64,
    ) -> Result<usize, RunError> {
        if self.crowd.last() != Some(system.clock(system.time())) {
            self.end(system, plan);
        }
        system.step_freely(until)?;
        let now = system.time();
        // The one at `until` is observed when the system is there.
        let passed = ahead.iter().take_while(|time| **time <= now && **time < until);
        let passed = passed.map(|time| self.crowd.wait(*time, system.clock(*time))).count();
        self.end(system, plan);
        self.read_ready();
        Ok(passed)
    }

    /// Interpolates at the times that enough ends follow.
    fn read_ready(&mut self) {
        let first = self.first_scalar();
        let names = &self.names;
        let rows = self.crowd.ready(|i| is_held(names, first, i));
        self.read(rows);
    }

    /// Whether times were passed that are not interpolated yet.
    pub(crate) fn is_waiting(&self) -> bool {
        self.crowd.is_waiting()
    }

    /// Interpolates at all times that were passed.
    pub(crate) fn finish_crowd(&mut self) {
        let first = self.first_scalar();
        let names = &self.names;
        let rows = self.crowd.drain(|i| is_held(names, first, i));
        self.read(rows);
    }

    fn end(&mut self, system: &dyn System, plan: &Plan) {
        let row = self.row(&system.observe(), plan);
        self.crowd.end(system.clock(system.time()), row);
    }

    fn read(&mut self, rows: Vec<(f64, Readings)>) {
        let (times, rows): (Vec<f64>, Vec<Readings>) = rows.into_iter().unzip();
        self.planned.extend(&times);
        self.time.extend(times);
        self.rows.extend(rows);
    }

    /// Risk, the statistics of each coordinate, the system's own scalars; and the quantiles.
    fn row(&mut self, observation: &Observation, plan: &Plan) -> Readings {
        let law = &observation.law;
        let each: Vec<CoordinateLaw> = (0..law.dimension()).map(|c| law.coordinate(c)).collect();
        let mut values = vec![observation.risk];
        values.extend(each.iter().flat_map(|own| statistics().map(|(_, value)| value(own))));
        values.extend(observation.scalars.iter().map(|scalar| scalar.value));
        self.names =
            observation.scalars.iter().map(|s| (s.quantity.name.into(), s.meaning().into())).collect();
        self.coordinates = each.len();
        Readings { values, quantiles: each.iter().flat_map(|own| own.quantiles(&plan.levels)).collect() }
    }

    /// The place in a row after risk and statistics.
    fn first_scalar(&self) -> usize {
        1 + statistics().count() * self.coordinates
    }

    /// Whether nothing was observed at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// Facts that the scenario fixes, and the seconds used.
    pub(crate) fn facts(&self, identity: &Identity) -> Vec<Fact> {
        let fixed = identity.facts.iter().map(|(name, value)| Fact::new(*name, *value));
        let seconds = [(CPU_SECONDS, self.cpu_seconds), (WALL_SECONDS, self.wall_seconds)];
        fixed.chain(seconds.map(|(name, value)| Fact::new(name, value))).collect()
    }

    /// Whether this is the log of a run through `plan` after these events: a checkpoint may hold anything.
    pub(crate) fn fits(&self, plan: &Plan, observed: &[f64], coordinates: usize) -> bool {
        let times = self.time.len();
        let laws = self.laws.len();
        let waiting = self.crowd.waiting();
        self.rows.len() == times
            && (self.step.is_empty() || self.step.len() == times)
            && (self.rows.is_empty() || self.coordinates == coordinates)
            && self.rows.iter().chain(self.crowd.rows()).all(|row: &Readings| {
                row.values.len() == self.first_scalar() + self.names.len()
                    && row.quantiles.len() == coordinates * plan.levels.len()
            })
            && self.planned.iter().eq(plan.times.iter().take(times))
            && times + waiting == count_common(observed, &plan.times)
            && self.snapshot_time.len() == laws
            && self.planned_snapshots.iter().eq(plan.snapshots.iter().take(laws))
            && laws == count_common(observed, &plan.snapshots)
            && self.laws.iter().all(|law: &Measure| law.dimension() == coordinates && law.fits())
            && self.further.iter().all(|law| law.fits(laws))
    }

    /// Whether there is a law: where none is, its places are NaN, and so are all statistics.
    fn has_law(&self) -> bool {
        let of_law = 1..self.first_scalar();
        self.rows.is_empty()
            || !self.rows.iter().all(|row| row.values[of_law.clone()].iter().all(|z| z.is_nan()))
    }

    /// Leaves out laws, and what was read from them.
    fn forget_law(&mut self) {
        let of_law = 1..self.first_scalar();
        for row in &mut self.rows {
            row.values.drain(of_law.clone());
            row.quantiles.clear();
        }
        self.laws.clear();
        self.snapshot_time.clear();
        self.planned_snapshots.clear();
    }

    /// The record of what was observed.
    pub(crate) fn into_record(mut self, identity: Identity, plan: &Plan) -> Record {
        let facts = self.facts(&identity);
        let has_law = identity.nature != Nature::Static || self.has_law();
        if !has_law {
            self.forget_law();
        }
        let coordinates = if has_law { &identity.coordinates[..] } else { &[] };
        let levels = if has_law { plan.levels.clone() } else { Vec::new() };
        let names = self.curve_names(coordinates);
        let curves = names
            .into_iter()
            .enumerate()
            .map(|(i, (name, meaning)): (usize, (String, String))| Curve {
                name,
                meaning,
                values: self.rows.iter().map(|row| row.values[i]).collect::<Array1<f64>>().into_dyn(),
            })
            .collect();
        let quantiles = quantiles_by_coordinate(&self.rows, coordinates, levels.len());
        let mut timetable = Timetable {
            planned: self.planned,
            planned_snapshots: self.planned_snapshots,
            ..Timetable::default()
        };
        timetable.drop_repeated(&self.time, &self.snapshot_time);
        let mut laws = vec![NamedLaw::neurons(identity.coordinates, self.laws)];
        laws.extend(self.further);
        laws.iter_mut().for_each(|law| padding::to_the_longest(&mut law.measures));
        Record {
            system: identity.system,
            kind: identity.kind.into(),
            nature: identity.nature,
            axes: Vec::new(),
            step: (!self.step.is_empty()).then_some(self.step),
            curves,
            levels,
            quantiles,
            timetable,
            time: self.time,
            snapshot_time: self.snapshot_time,
            laws,
            facts,
            failures: Vec::new(),
        }
    }

    /// (name, meaning) of each number of a row.
    fn curve_names(&self, coordinates: &[String]) -> Vec<(String, String)> {
        let mut names = vec![(RISK.name.to_owned(), RISK.meaning.to_owned())];
        for coordinate in coordinates {
            for (statistic, _) in statistics() {
                names.push((statistic.name_for(coordinate), statistic.meaning_for(coordinate)));
            }
        }
        names.extend(self.names.iter().cloned());
        names
    }
}

/// A law of which nothing is observed yet.
fn without_measure(law: FurtherLaw) -> NamedLaw {
    NamedLaw { name: law.name, coordinates: law.coordinates, inputs: law.inputs, measures: Vec::new() }
}

/// Whether a time is one of these, which increase.
fn contains(times: &[f64], time: f64) -> bool {
    times.binary_search_by(|own| own.total_cmp(&time)).is_ok()
}

/// Number of the events that are among these times, which increase.
fn count_common(events: &[f64], times: &[f64]) -> usize {
    events.iter().filter(|event| contains(times, **event)).count()
}

/// Whether a number of a row is a certificate: no smooth curve.
fn is_held(names: &[(String, String)], first: usize, i: usize) -> bool {
    i.checked_sub(first).and_then(|i| names.get(i)).is_some_and(|(name, _)| is_certificate(name))
}

/// Rows (coordinate, level) → one array (time, level) for each coordinate.
fn quantiles_by_coordinate(rows: &[Readings], coordinates: &[String], levels: usize) -> Vec<Quantiles> {
    let wanted = if levels > 0 { coordinates } else { &[] };
    wanted
        .iter()
        .enumerate()
        .map(|(c, name): (usize, &String)| {
            let values = ArrayD::from_shape_fn(IxDyn(&[rows.len(), levels]), |index| {
                rows[index[0]].quantiles[c * levels + index[1]]
            });
            Quantiles { coordinate: name.clone(), values }
        })
        .collect()
}
