//! Fewer points that look the same on the page: in each column as wide as a printed dot the first, the
//! lowest, the highest and the last. It knows places on the page, not data.

use super::picture::Place;

/// Width of a column of a curve, and of marks, in points. A dot of a print with 300 of them an inch is 0.24
/// wide.
const DOT: f64 = 0.25;
const MARK: f64 = 3.0;

/// A curve of fewer points that looks the same.
pub fn curve(points: &[Place]) -> Vec<Place> {
    columns(points, DOT, |point| point.0)
        .flat_map(|column| extremes(column, &[0, column.len() - 1]))
        .collect()
}

/// Marks at the lowest and the highest point of each column.
pub fn marks(points: &[Place]) -> Vec<Place> {
    columns(points, MARK, |point| point.0)
        .flat_map(|column: &[Place]| if column.len() > 2 { extremes(column, &[]) } else { column.to_vec() })
        .collect()
}

/// A band of fewer points, given by its two edges, that covers the same area.
pub fn band(edges: &[(Place, Place)]) -> Vec<(Place, Place)> {
    columns(edges, DOT, |pair| pair.0.0)
        .flat_map(
            |column: &[(Place, Place)]| if column.len() > 2 { outermost(column) } else { column.to_vec() },
        )
        .collect()
}

/// The first and the last place of a column, at the outermost heights of both edges.
fn outermost(column: &[(Place, Place)]) -> Vec<(Place, Place)> {
    // Places grow downwards: the lower edge has the larger ones.
    let lower = column.iter().map(|pair| pair.0.1).fold(f64::NEG_INFINITY, f64::max);
    let upper = -column.iter().map(|pair| -pair.1.1).fold(f64::NEG_INFINITY, f64::max);
    let ends = [&column[0], &column[column.len() - 1]];
    ends.map(|pair| ((pair.0.0, lower), (pair.1.0, upper))).to_vec()
}

/// Neighbours that share a column.
fn columns<T>(points: &[T], width: f64, x: impl Fn(&T) -> f64) -> impl Iterator<Item = &[T]> {
    points.chunk_by(move |a, b| (x(a) / width).floor() == (x(b) / width).floor())
}

/// The lowest and the highest point of a column and those at some indices, in their order.
fn extremes(column: &[Place], also: &[usize]) -> Vec<Place> {
    let all = 0..column.len();
    let lowest = all.clone().min_by(|a, b| column[*a].1.total_cmp(&column[*b].1));
    let highest = all.max_by(|a, b| column[*a].1.total_cmp(&column[*b].1));
    let mut chosen: Vec<usize> = lowest.into_iter().chain(highest).collect();
    chosen.extend(also);
    chosen.sort_unstable();
    chosen.dedup();
    chosen.into_iter().map(|i| column[i]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize) -> Vec<Place> {
        (0..count)
            .map(|i: usize| {
                let height = (i as f64 * 0.618_034).fract() + if i == 12_345 { 40.0 } else { 0.0 };
                (100.0 * i as f64 / count as f64, height)
            })
            .collect()
    }

    fn highest(points: &[Place]) -> f64 {
        points.iter().map(|p| p.1).fold(0.0, f64::max)
    }

    #[test]
    fn thousands_of_points_leave_four_a_column_with_all_extremes() {
        let all = noise(20_001);
        let some = curve(&noise(20_001));
        assert!(some.len() <= 4 * 401 && some.len() > 1000, "{}", some.len());
        assert!(highest(&all) > 40.0 && highest(&some) == highest(&all));
        assert_eq!((some.first(), some.last()), (all.first(), all.last()));
        assert!(some.windows(2).all(|pair| pair[0].0 <= pair[1].0), "in their order");
        let few = marks(&all);
        assert!(few.len() <= 2 * 35 && highest(&few) == highest(&all), "{}", few.len());
    }

    #[test]
    fn few_points_stay_as_they_are() {
        let few = noise(61);
        assert_eq!((curve(&few), marks(&few[..20])), (few.clone(), few[..20].to_vec()));
    }

    #[test]
    fn a_band_covers_what_it_covered() {
        let edges: Vec<(Place, Place)> = noise(5000).into_iter().map(|p| (p, (p.0, p.1 - 2.0))).collect();
        let some = band(&edges);
        assert!(some.len() <= 2 * 401);
        for (lower, upper) in &edges {
            let near: Vec<_> =
                some.iter().filter(|pair: &&(Place, Place)| (pair.0.0 - lower.0).abs() <= DOT).collect();
            assert!(near.iter().any(|pair| pair.0.1 >= lower.1 && pair.1.1 <= upper.1), "{lower:?}");
        }
    }
}
