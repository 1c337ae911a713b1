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
    let mut all: Vec<Found> = Vec::new();
    for (point, complaints) in points.iter().zip(&found) {
        for one in complaints {
            let said = about_varied(point, varied, one).unwrap_or_else(|| about_points(points, &found, one));
            if !all.contains(&said) {
                all.push(said);
            }
        }
    }
    Complaints { found: all }
}

/// A complaint about a key that is not varied, with the first of the points that give rise to it, unless all do.
fn about_points(points: &[Point], found: &[Vec<Found>], one: &Found) -> Found {
    let mut there = points.iter().zip(found).filter(|(_, complaints)| complaints.contains(one));
    let (first, more) = (there.next().map(|(point, _)| in_words(&point.place)), there.count());
    match first.filter(|_| more + 1 < points.len()) {
        Some(place) if more > 0 => at(one, one.0.clone(), &format!("{place}, and {more} more")),
        Some(place) => at(one, one.0.clone(), &place),
        None => one.clone(),
    }
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
