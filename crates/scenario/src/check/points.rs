//! Complaints about the points of `[vary]`: said once, with the value that they come from.

use meanfield_run::record::in_words;

use super::Complaints;
use crate::problem::Problem;
use crate::typed::Step;
use crate::vary::{Point, Varied};

/// A complaint and the path of the key it is about.
type Found = (Vec<Step>, Problem);

/// The complaints of all points, each once. One about a varied key stands at its value in `[vary]`; one that only some
/// points give rise to says at which.
pub(super) fn together(points: &[Point], varied: &[Varied], found: Vec<Vec<Found>>) -> Complaints {
    let everywhere = |one: &Found| found.iter().all(|others| others.contains(one));
    let mut all: Vec<Found> = Vec::new();
    for (point, complaints) in points.iter().zip(&found) {
        for one in complaints {
            let said = match about_varied(point, varied, one) {
                Some(said) => said,
                None if everywhere(one) => one.clone(),
                None => at(one, one.0.clone(), &in_words(&point.place)),
            };
            if !all.contains(&said) {
                all.push(said);
            }
        }
    }
    Complaints { found: all }
}

/// A complaint about a varied key, placed where its value was typed.
fn about_varied(point: &Point, varied: &[Varied], one: &Found) -> Option<Found> {
    let same = |key: &Varied| key.path.iter().map(|key| Step::from(key.as_str())).eq(one.0.iter().cloned());
    let k = varied.iter().position(same)?;
    Some(at(one, varied[k].typed_at(point.position[k]), &point.place[k].to_string()))
}

fn at((_, problem): &Found, path: Vec<Step>, place: &str) -> Found {
    (path, Problem { message: format!("{} (at {place})", problem.message), ..problem.clone() })
}
