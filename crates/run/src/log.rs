//! What a run has observed so far; becomes a [`Record`] at the end. Saved with every checkpoint.

use meanfield_model::measure::Measure;
use ndarray::{Array1, ArrayD, IxDyn};
use serde::{Deserialize, Serialize};

use crate::drive::{Identity, Plan};
use crate::padding;
use crate::record::{Curve, Fact, Nature, Quantiles, Record, Timetable};
use crate::system::{Observation, System};

/// Observations in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Log {
    time: Vec<f64>,
    step: Vec<u64>,
    /// (name, meaning) of each curve.
    names: Vec<(String, String)>,
    /// One row of values a time, in the order of `names`.
    rows: Vec<Vec<f64>>,
    /// One row of quantiles a time, (coordinate, level).
    quantiles: Vec<Vec<f64>>,
    snapshot_time: Vec<f64>,
    laws: Vec<Measure>,
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
        if plan.times.contains(&event) {
            self.time.push(system.time());
            self.planned.push(event);
            self.step.extend(system.step());
            self.row(&observation, plan);
        }
        if plan.snapshots.contains(&event) {
            self.snapshot_time.push(system.time());
            self.planned_snapshots.push(event);
            self.laws.push(observation.law);
        }
    }

    /// Risk, mean and spread of each coordinate, the system's own scalars; then the quantiles.
    fn row(&mut self, observation: &Observation, plan: &Plan) {
        let marginals: Vec<_> =
            (0..observation.law.dimension()).map(|c| observation.law.marginal(c)).collect();
        let mut row = vec![observation.risk];
        row.extend(marginals.iter().flat_map(|m| [m.mean(), m.standard_deviation()]));
        row.extend(observation.scalars.iter().map(|scalar| scalar.value));
        self.rows.push(row);
        self.quantiles
            .push(marginals.iter().flat_map(|m| plan.levels.iter().map(|l| m.quantile(*l))).collect());
        self.names = observation.scalars.iter().map(|s| (s.name.into(), s.meaning.into())).collect();
    }

    /// Whether nothing was observed at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// The record of what was observed.
    pub(crate) fn into_record(self, identity: Identity, nature: Nature, plan: &Plan) -> Record {
        let mut names = vec![("risk".to_owned(), "population risk R = E ℓ(y, ŷ)".to_owned())];
        for coordinate in &identity.coordinates {
            names.push((format!("mean_{coordinate}"), format!("mean of the neurons' {coordinate}")));
            names.push((
                format!("std_{coordinate}"),
                format!("standard deviation of the neurons' {coordinate}"),
            ));
        }
        names.extend(self.names);
        let curve = |(i, (name, meaning)): (usize, (String, String))| Curve {
            name,
            meaning,
            values: self.rows.iter().map(|row| row[i]).collect::<Array1<f64>>().into_dyn(),
        };
        let curves = names.into_iter().enumerate().map(curve).collect();
        let quantiles = quantiles_by_coordinate(&self.quantiles, &identity.coordinates, plan.levels.len());
        let mut facts: Vec<Fact> =
            identity.facts.iter().map(|(name, value)| Fact::new(*name, *value)).collect();
        facts.push(Fact::new("cpu_seconds", self.cpu_seconds));
        facts.push(Fact::new("wall_seconds", self.wall_seconds));
        let mut laws = self.laws;
        padding::to_the_longest(&mut laws);
        Record {
            system: identity.system,
            kind: identity.kind.into(),
            nature,
            coordinates: identity.coordinates,
            axes: Vec::new(),
            step: (!self.step.is_empty()).then_some(self.step),
            curves,
            levels: plan.levels.clone(),
            quantiles,
            timetable: timetable(&self.time, self.planned, &self.snapshot_time, self.planned_snapshots),
            time: self.time,
            snapshot_time: self.snapshot_time,
            laws,
            facts,
            failures: Vec::new(),
        }
    }
}

/// Planned times are kept where they are not the true ones.
fn timetable(time: &[f64], planned: Vec<f64>, snapshots: &[f64], planned_snapshots: Vec<f64>) -> Timetable {
    let kept = |planned: Vec<f64>, time: &[f64]| if planned == time { Vec::new() } else { planned };
    Timetable {
        planned: kept(planned, time),
        planned_snapshots: kept(planned_snapshots, snapshots),
        ..Timetable::default()
    }
}

/// Rows (coordinate, level) → one array (time, level) for each coordinate.
fn quantiles_by_coordinate(rows: &[Vec<f64>], coordinates: &[String], levels: usize) -> Vec<Quantiles> {
    let array = |c: usize| {
        ArrayD::from_shape_fn(IxDyn(&[rows.len(), levels]), |index| rows[index[0]][c * levels + index[1]])
    };
    let asked_for = if levels > 0 { coordinates } else { &[] };
    asked_for
        .iter()
        .enumerate()
        .map(|(c, name)| Quantiles { coordinate: name.clone(), values: array(c) })
        .collect()
}
