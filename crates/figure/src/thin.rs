//! What a page shows of very many points: in each column as wide as a printed dot the first, the lowest, the
//! highest and the last. It knows places on the page, not data.

use super::picture::Place;

/// Width of a column of a curve, and of marks, in points. A dot of a print with 300 of them an inch is 0.24
/// wide.
const DOT: f64 = 0.25;
const MARK: f64 = 3.0;

/// A curve that looks the same.
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

/// A band, given by its two edges, that covers the same.
pub fn band(edges: &[(Place, Place)]) -> Vec<(Place, Place)> {
    let outer = |column: &[(Place, Place)]| {
        let highest = |y: fn(&(Place, Place)) -> f64| column.iter().map(y).fold(f64::NEG_INFINITY, f64::max);
        // Places grow downwards: the lower edge has the larger ones.
        let lower = highest(|pair| pair.0.1);
        let upper = -highest(|pair| -pair.1.1);
        let ends = [&column[0], &column[column.len() - 1]];
        ends.map(|pair| ((pair.0.0, lower), (pair.1.0, upper))).to_vec()
    };
    columns(edges, DOT, |pair| pair.0.0)
        .flat_map(|column: &[(Place, Place)]| if column.len() > 2 { outer(column) } else { column.to_vec() })
        .collect()
}

/// Neighbours that share a column.
fn columns<T>(points: &[T], width: f64, x: impl Fn(&T) -> f64) -> impl Iterator<Item = &[T]> {
    points.chunk_by(move |a, b| (x(a) / width).floor() == (x(b) / width).floor())
}

/// The lowest and the highest point and those at these places, in their order.
fn extremes(column: &[Place], also: &[usize]) -> Vec<Place> {
    let by_height = |a: &usize, b: &usize| column[*a].1.total_cmp(&column[*b].1);
    let all = || 0..column.len();
    let mut kept: Vec<usize> = all().min_by(by_height).into_iter().chain(all().max_by(by_height)).collect();
    kept.extend(also);
    kept.sort_unstable();
    kept.dedup();
    kept.into_iter().map(|i| column[i]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize) -> Vec<Place> {
        let height = |i: usize| (i as f64 * 0.618_034).fract() + if i == 12_345 { 40.0 } else { 0.0 };
        (0..count).map(|i| (100.0 * i as f64 / count as f64, height(i))).collect()
    }

    #[test]
    fn thousands_of_points_leave_four_a_column_with_all_extremes() {
        let all = noise(20_001);
        let some = curve(&noise(20_001));
        assert!(some.len() <= 4 * 401 && some.len() > 1000, "{}", some.len());
        let highest = |points: &[Place]| points.iter().map(|p| p.1).fold(0.0, f64::max);
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
