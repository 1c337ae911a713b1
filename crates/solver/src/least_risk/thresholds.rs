//! Between which separations of the data a single mass has the least risk (MMN 2018, Lemma 1): Δ_d^l and
//! Δ_d^h.

use meanfield_kernel::bisection::{Until, bisect, try_bisect};

use super::single::SingleMass;

/// Separations tried at first, from 0 to 1.
const TRIED: usize = 64;
/// Smaller ones count as none.
const SMALLEST: f64 = 1e-9;
/// Scales S = τ r tried for the limit: the smallest, their ratios, how many.
const SMALLEST_SCALE: f64 = 1e-2;
const SCALE_RATIO: f64 = 1.05;
const SCALES: usize = 300;
/// To which the ends are found: what rounding leaves.
const CLOSE: f64 = 1e-12;

/// The limit of Δ_d^h as d → ∞, Δ_∞ = (x₊ − x₋)/(x₊ + x₋) with q(x₊) = 1 and q(x₋) = −1, of classes with
/// labels ±1 and scales 1 ± Δ: one mass then has no risk. q(S) = E σ(Sζ) is `mean`; None where it does not
/// pass both values in this order.
pub fn limit(mean: impl Fn(f64) -> f64) -> Option<f64> {
    let up = first_scale_above(&mean, 1.0)?;
    let down = first_scale_above(&mean, -1.0)?;
    (up > down).then(|| (up - down) / (up + down))
}

/// The smallest S at which the mean comes from below a value, on a grid by ratios and then by bisection.
fn first_scale_above(mean: &impl Fn(f64) -> f64, value: f64) -> Option<f64> {
    let above = (1..SCALES).find(|i| mean(scale_tried(i - 1)) < value && mean(scale_tried(*i)) >= value)?;
    let ends = [scale_tried(above - 1), scale_tried(above)];
    let [_, smallest] = bisect(ends, Until::RelativeWidth(CLOSE), |scale| mean(scale) >= value);
    Some(smallest)
}

/// The i-th of the scales that are tried.
fn scale_tried(i: usize) -> f64 {
    SMALLEST_SCALE * SCALE_RATIO.powi(i as i32)
}

/// The ends of the interval of Δ in which a single mass is optimal; None where it is so at none of those
/// tried. `best` finds the best mass at a separation.
///
/// # Errors
/// Those of `best`.
pub fn interval<E>(best: impl Fn(f64) -> Result<SingleMass, E>) -> Result<Option<[f64; 2]>, E> {
    let is_optimal = |separation: f64| Ok(best(separation)?.is_optimal());
    let tried: Vec<f64> = (1..TRIED).map(|i| i as f64 / TRIED as f64).collect();
    let optimal = tried.iter().map(|separation| is_optimal(*separation)).collect::<Result<Vec<bool>, E>>()?;
    let Some(first) = optimal.iter().position(|o| *o) else { return Ok(None) };
    let last = optimal.iter().rposition(|o| *o).unwrap_or(first);
    let upper = match tried.get(last + 1) {
        Some(not) => threshold_between(&is_optimal, *not, tried[last])?,
        None => 1.0,
    };
    Ok(Some([lower_threshold(&is_optimal, &tried[..first], tried[first])?, upper]))
}

/// The lower end, below a separation that is inside and above those tried in vain.
fn lower_threshold<E>(
    is_optimal: &impl Fn(f64) -> Result<bool, E>,
    tried: &[f64],
    mut inside: f64,
) -> Result<f64, E> {
    if let Some(not) = tried.last() {
        return threshold_between(is_optimal, *not, inside);
    }
    while inside > SMALLEST {
        if !is_optimal(0.5 * inside)? {
            return threshold_between(is_optimal, 0.5 * inside, inside);
        }
        inside *= 0.5;
    }
    Ok(0.0)
}

/// Where it becomes optimal between a separation at which it is not and one at which it is.
fn threshold_between<E>(is_optimal: &impl Fn(f64) -> Result<bool, E>, not: f64, is: f64) -> Result<f64, E> {
    let [_, optimal] = try_bisect([not, is], Until::Width(CLOSE), is_optimal)?;
    Ok(optimal)
}
