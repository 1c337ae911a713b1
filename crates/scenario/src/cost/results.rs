//! The cost of what comes after the runs: distances and density estimates of every law, figures, the record.

use meanfield_run::system::Cost;

use crate::expense::{NOTHING, times};
use crate::point::Point;
use crate::setting::PointSetting;

/// CPU seconds and bytes of a law: in one coordinate, in two, and in four, where pairs of them are drawn.
const PER_LAW: [Cost; 3] = [
    Cost { seconds: 0.04, bytes: 1e5 },
    Cost { seconds: 0.1, bytes: 1e6 },
    Cost { seconds: 0.2, bytes: 3e6 },
];
/// CPU seconds of the distances of the law of a run, in two or three coordinates together, from the
/// reference's.
const PER_JOINT_DISTANCE: f64 = 0.025;
/// The same of networks with layers, whose laws are drawn layer by layer.
const PER_LAW_OF_LAYERS: Cost = Cost { seconds: 0.4, bytes: 7e6 };
/// Cost of figures of curves.
const CURVES: f64 = 0.2;
/// Cost of a cell of a sweep's map.
const PER_POINT: Cost = Cost { seconds: 2e-3, bytes: 5e3 };

/// After a run: every law of every system at every point that is one of its own.
pub(super) fn of_run(points: &[Point]) -> Cost {
    let Some(first) = points.first() else { return NOTHING };
    let names = first.file.systems.keys();
    let runs = names.flat_map(|name| points.iter().filter(|point| point.has_own(name))).count();
    let laws = (runs * first.setting.observed().snapshots) as f64;
    let each = match *first.setting {
        PointSetting::TwoLayer(_) => PER_LAW[(first.setting.coordinates() / 2).min(PER_LAW.len() - 1)],
        PointSetting::Layered(_) | PointSetting::Residual(_) => PER_LAW_OF_LAYERS,
    };
    let distances = match *first.setting {
        PointSetting::TwoLayer(_) if (2..=3).contains(&first.setting.coordinates()) => single_laws(points),
        _ => 0.0,
    };
    let seconds = CURVES + laws * each.seconds + distances * PER_JOINT_DISTANCE;
    Cost { seconds, bytes: laws * each.bytes }
}

/// Laws of single runs, seeds apart, that are compared.
fn single_laws(points: &[Point]) -> f64 {
    let of_point = |point: &Point| {
        let own = point.file.systems.iter().filter(|(name, _)| point.has_own(name));
        let runs: usize = own.map(|(_, system)| system.kind().run_count()).sum();
        runs * point.setting.observed().snapshots
    };
    points.iter().map(of_point).sum::<usize>() as f64
}

/// After a sweep.
pub(super) fn of_sweep(points: usize) -> Cost {
    times(PER_POINT, points as f64)
}
