//! A curve of one system within a panel, in the system's look.

use crate::panel::Panel;
use crate::picture::Picture;
use crate::style::{Look, Mark};

/// A sampled system is drawn as marks on a thin line, another as its line.
pub fn draw_curve(page: &mut Picture, panel: &Panel, points: &[(f64, f64)], look: &Look) {
    if look.mark.is_some() {
        panel.curve(page, points, look.colour, look.dashes, 0.7);
        panel.marks(page, points, look);
    } else if points.len() == 1 {
        panel.marks(page, points, &Look { mark: Some(Mark::Diamond), ..*look });
    } else {
        panel.system_curve(page, points, look);
        draw_point_marks(page, panel, points, look);
    }
}

/// Marks along one curve.
const MARKS: usize = 4;

/// The marks of the point that a curve is at, here and there.
fn draw_point_marks(page: &mut Picture, panel: &Panel, points: &[(f64, f64)], look: &Look) {
    let Some(point) = look.point else { return };
    let [from, until] = [points.first(), points.last()].map(|end| end.map_or(f64::NAN, |end| end.0));
    let ends = [from, until].map(|time| panel.x.place(time).unwrap_or(f64::NAN));
    for i in 0..MARKS {
        let wanted = ends[0] + (ends[1] - ends[0]) * (i as f64 + point.phase) / MARKS as f64;
        let distance = |p: &&(f64, f64)| panel.x.place(p.0).map_or(f64::INFINITY, |at| (at - wanted).abs());
        let nearest = points.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
        if let Some(nearest) = nearest.filter(|_| wanted.is_finite()) {
            panel.solid_mark(page, *nearest, point.mark, look.colour);
        }
    }
}
