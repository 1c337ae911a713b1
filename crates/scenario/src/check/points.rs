//! Complaints about the points of `[vary]`: unique once, with the value that they come from.

use std::collections::HashMap;

use meanfield_run::record::in_words;

use crate::complaints::{Complaints, Found};
use crate::few::Few;
use crate::file::ScenarioFile;
use crate::mistakes::Mistake;
use crate::typed::Step;
use crate::vary::{Candidate, Varied};

/// The complaints of all points, each once. One about a varied key is placed at its value in `[vary]`; one
/// about only some points says at which. Once there are more than are printed no point is
/// looked at any more.
pub(super) fn gather_complaints(
    points: &[Candidate],
    varied: &[Varied],
    mut of_point: impl FnMut(usize, &ScenarioFile) -> Few<Found>,
) -> Complaints {
    let mut gathered = Gathered::default();
    for (number, point) in points.iter().enumerate() {
        if gathered.unique.is_full() {
            gathered.unique.give_up();
            break;
        }
        gathered.include(point, varied, of_point(number, &point.file));
    }
    gathered.located(points).into()
}

/// The complaints of the points that were looked at.
#[derive(Default)]
struct Gathered {
    unique: Few<Unique>,
    /// Index of each among those that are stored.
    known: HashMap<Found, usize>,
    looked_at: usize,
}

/// A complaint, the first point that gives rise to it unless it is about a varied key, and how many do.
struct Unique {
    found: Found,
    first: Option<usize>,
    points: usize,
}

impl Gathered {
    fn include(&mut self, point: &Candidate, varied: &[Varied], complaints: Few<Found>) {
        let number = self.looked_at;
        self.looked_at += 1;
        self.unique.append(complaints.others());
        for one in complaints.into_vec() {
            let about_varied = about_varied(point, varied, &one);
            let first = about_varied.is_none().then_some(number);
            let found = about_varied.unwrap_or(one);
            match self.known.get(&found) {
                Some(place) => {
                    self.unique.iter_mut().skip(*place).take(1).for_each(|unique| unique.points += 1)
                }
                None => {
                    self.known.insert(found.clone(), self.unique.count());
                    self.unique.push(Unique { found, first, points: 1 });
                }
            }
        }
    }

    /// Each with the first of the points that give rise to it, unless all do.
    fn located(self, points: &[Candidate]) -> Few<Found> {
        let all = self.looked_at;
        self.unique.map(|Unique { found, first, points: there }| match first {
            Some(first) if there < all => {
                let place = in_words(&points[first].place);
                let more = if there > 1 { format!(", and {} more", there - 1) } else { String::new() };
                placed(&found, found.0.clone(), &format!("{place}{more}"))
            }
            _ => found,
        })
    }
}

/// A complaint about a varied key, placed where its value was typed.
fn about_varied(point: &Candidate, varied: &[Varied], one: &Found) -> Option<Found> {
    let k = varied.iter().position(|key: &Varied| {
        key.path.iter().map(|key| Step::from(key.as_str())).eq(one.0.iter().cloned())
    })?;
    Some(placed(one, varied[k].typed_at(point.position[k]), &point.place[k].to_string()))
}

/// A complaint at another path, with the point in its message.
fn placed((_, problem): &Found, path: Vec<Step>, place: &str) -> Found {
    (path, Mistake { message: format!("{} (at {place})", problem.message), ..problem.clone() })
}
