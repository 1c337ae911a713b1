//! Every observable of the program, each defined once: [`ALL`]. One that is read from the law of a coordinate
//! takes an entry here, any other its computation in its system too; figures, claims, insets, summaries and
//! checks read the list.
//!
//! Systems of other crates may report quantities that are not listed: they are curves like others, which no
//! scenario can claim.

use crate::quantity::{Certificate, Quantity, Statistic, Threshold, Worst};

/// An energy balance that is off by more than this share of the largest risk. Measured (scripts/coverage.py):
/// at most 0.017 where means are right to a per cent or two, 0.03 to 0.06 where they are not.
pub const UNBALANCED: f64 = 0.02;

/// States quantities, and lists them in their order.
macro_rules! quantities {
    ($($(#[$meaning:meta])* $name:ident = $quantity:expr;)*) => {
        $($(#[$meaning])* pub static $name: &Quantity = &$quantity;)*

        /// Every quantity, in the order in which programs report them.
        pub static ALL: &[&Quantity] = &[$($name),*];
    };
}

quantities! {
    /// R.
    RISK = Quantity::result("risk", "R", "population risk R = E ℓ(y, ŷ)")
        .in_claims().in_insets().over_key("risk R").mapped("risk", false);
    /// P(y ŷ ≤ 0).
    CLASSIFICATION_ERROR = Quantity::result(
        "classification_error", "P(yŷ ≤ 0)", "probability P(y ŷ(x) ≤ 0) of a wrong sign of the output",
    ).in_claims().in_insets().over_key("classification error");
    /// (∫ |m|²/(|m|² + r²) dρ)^½.
    OVERLAP = Quantity::result(
        "overlap", "q", "overlap q = (∫ |m|²/(|m|² + r²) dρ)^½ of weights with the directions that matter",
    ).in_claims().in_insets().over_key("overlap q");
    /// Standard error of the classification error, where it is counted on samples.
    CLASSIFICATION_STANDARD_ERROR = Quantity::result(
        "classification_error_standard_error", "", "standard error of classification_error over its samples",
    );
    /// The risk's excess over the reference's, less the predicted bias of a finite network.
    RISK_BEYOND_BIAS =
        Quantity::gap("risk_beyond_bias", "risk gap less the predicted b/N + c ε").in_claims();
    /// How far the runs lie from the prediction.
    PREDICTED_BAND = Quantity::gap(
        "predicted_band",
        "standard errors between the runs' mean risk and R + b/N + c ε, or between their spread and \
         the predicted one, whichever are more",
    ).in_claims();
    /// F.
    FREE_ENERGY =
        Quantity::result("free_energy", "F", "F = R/2 + (λ/2) ∫|θ|²dρ + (1/β) ∫ρ log ρ dθ")
            .in_claims().in_insets().over_key("free energy F");
    /// R + λ ∫|θ|²dρ.
    REGULARIZED_RISK =
        Quantity::result("regularized_risk", "", "R + λ ∫|θ|²dρ, of which Theorem 4 of MMN 2018 speaks")
            .in_insets().over_key("regularised risk");
    /// ∫z dρ of each coordinate z.
    MEAN = Quantity::result("mean", "⟨⟩", "mean of the neurons'")
        .read_from_laws(|law| law.mean()).in_claims().in_insets();
    /// (∫(z − ⟨z⟩)²dρ)^½ of each coordinate z.
    STANDARD_DEVIATION = Quantity::result("std", "std", "standard deviation of the neurons'")
        .read_from_laws(|law| law.standard_deviation()).in_claims().in_insets();
    /// Values below which these shares of each coordinate's law lie.
    QUANTILE = Quantity::result("quantile", "", "quantiles of").per_coordinate();

    /// ∫ |F⁻¹ − G⁻¹| du.
    WASSERSTEIN_1 = Quantity::distance("wasserstein_1", "W₁", "Wasserstein distance W₁");
    /// (∫ |F⁻¹ − G⁻¹|² du)^½.
    WASSERSTEIN_2 = Quantity::distance("wasserstein_2", "W₂", "Wasserstein distance W₂");
    /// sup |F − G|.
    KOLMOGOROV_SMIRNOV =
        Quantity::distance("kolmogorov_smirnov", "KS", "Kolmogorov–Smirnov distance sup |F − G|");
    /// (mean over directions of W₂² of the projected laws)^½.
    SLICED_WASSERSTEIN_2 = Quantity::joint_distance(
        "sliced_wasserstein_2", "SW₂", "sliced Wasserstein distance, root mean square of W₂ over directions,",
    );
    /// (2 E|X − Y| − E|X − X'| − E|Y − Y'|)^½.
    ENERGY_DISTANCE = Quantity::joint_distance(
        "energy_distance", "E", "energy distance (2 E|X − Y| − E|X − X'| − E|Y − Y'|)^½",
    );

    /// b of networks trained from an independent start.
    BIAS_PER_NEURON = Quantity::result(
        "bias_per_neuron", "b", "b in E R_SGD = R + b/N + c ε, for N independent neurons at the start",
    ).in_insets();
    /// c.
    BIAS_PER_STEP =
        Quantity::result("bias_per_step", "c", "c in E R_SGD = R + b/N + c ε, for steps ε").in_insets();
    /// v_N.
    VARIANCE_PER_NEURON = Quantity::result(
        "variance_per_neuron", "v_N", "v_N in Var R_SGD = v_N/N + v_ε ε + second chaos",
    );
    /// v_ε.
    VARIANCE_PER_STEP = Quantity::result(
        "variance_per_step", "v_ε", "v_ε in Var R_SGD = v_N/N + v_ε ε + second chaos",
    );
    /// v_NN.
    VARIANCE_PER_NEURON_SQUARED = Quantity::result(
        "variance_per_neuron_squared", "v_NN", "v_NN in the second chaos v_NN/N² + v_Nε ε/N + v_εε ε²",
    );
    /// v_Nε.
    VARIANCE_PER_NEURON_STEP = Quantity::result(
        "variance_per_neuron_step", "v_Nε", "v_Nε in the second chaos v_NN/N² + v_Nε ε/N + v_εε ε²",
    );
    /// v_εε.
    VARIANCE_PER_STEP_SQUARED = Quantity::result(
        "variance_per_step_squared", "v_εε", "v_εε in the second chaos v_NN/N² + v_Nε ε/N + v_εε ε²",
    );
    /// b of the mean radius.
    RADIUS_BIAS_PER_NEURON = Quantity::result(
        "bias_per_neuron_of_mean_radius", "", "times 1/N: shift of the mean of a network's mean radius",
    );
    /// c of the mean radius.
    RADIUS_BIAS_PER_STEP = Quantity::result(
        "bias_per_step_of_mean_radius", "", "times ε: shift of the mean of a network's mean radius",
    );
    /// v_N of the mean radius.
    RADIUS_VARIANCE_PER_NEURON = Quantity::result(
        "variance_per_neuron_of_mean_radius", "", "times 1/N: variance over runs of a network's mean radius",
    );
    /// v_ε of the mean radius.
    RADIUS_VARIANCE_PER_STEP = Quantity::result(
        "variance_per_step_of_mean_radius", "", "times ε: variance over runs of a network's mean radius",
    );
    /// 2 E |∇σ_*|².
    STEP_GAIN = Quantity::result(
        "step_gain", "", "2 E |∇σ_*|²: times ε, the share of its residual that a step takes away",
    );
    /// dR/ds.
    RISK_SLOPE = Quantity::result("risk_slope", "", "dR/ds along the limit, s = ∫ξ dt");
    /// b of the present law.
    INDEPENDENT_BIAS = Quantity::result(
        "independent_bias", "b", "b in E R_N − R = b/N for N independent neurons of this very law",
    ).in_insets();
    /// R as fresh samples estimate it.
    RISK_MONTE_CARLO = Quantity::result("risk_monte_carlo", "", "risk estimated from fresh samples");
    /// Standard error of the risk estimated from samples.
    RISK_MONTE_CARLO_ERROR =
        Quantity::result("risk_monte_carlo_error", "", "standard error of risk_monte_carlo");
    /// (1/N Σ |θ_i − θ̄_i|²)^½ of a network of one layer of weights w.
    DISTANCE = Quantity::result(
        "distance_w",
        "D",
        "root mean square over the neurons of |θ_i − θ̄_i|, θ̄_i the limit's flow from θ_i at 0",
    ).in_insets();
    /// max_i |θ_i − θ̄_i|.
    LARGEST_DISTANCE = Quantity::result(
        "largest_distance_w", "max D", "max_i |θ_i − θ̄_i|, θ̄_i the limit's flow from θ_i at 0",
    ).in_insets();

    /// Root mean square over the inputs of the deviation of H_1 across neurons.
    LAYER_SPREAD_1 = spread_of_layer("spread_1", 2);
    /// The same of H_2.
    LAYER_SPREAD_2 = spread_of_layer("spread_2", 3);
    /// The same of H_3.
    LAYER_SPREAD_3 = spread_of_layer("spread_3", 4);
    /// The same of H_4.
    LAYER_SPREAD_4 = spread_of_layer("spread_4", 5);
    /// (Σλ)²/Σλ², λ the eigenvalues of the covariance of H_1 over the inputs.
    LAYER_DIMENSION_1 = effective_dimension_of_layer("effective_dimension_1", 2);
    /// The same of H_2.
    LAYER_DIMENSION_2 = effective_dimension_of_layer("effective_dimension_2", 3);
    /// The same of H_3.
    LAYER_DIMENSION_3 = effective_dimension_of_layer("effective_dimension_3", 4);
    /// The same of H_4.
    LAYER_DIMENSION_4 = effective_dimension_of_layer("effective_dimension_4", 5);
    /// max over c_1 of E|E_Z φ_1(H_1(c_1)) Δ_2|, c_1 the neurons that are there.
    LAYER_GRADIENT_2 = largest_gradient_of_layer("largest_gradient_2", 2);
    /// The same of layer 3.
    LAYER_GRADIENT_3 = largest_gradient_of_layer("largest_gradient_3", 3);
    /// The same of layer 4.
    LAYER_GRADIENT_4 = largest_gradient_of_layer("largest_gradient_4", 4);
    /// The same of layer 5.
    LAYER_GRADIENT_5 = largest_gradient_of_layer("largest_gradient_5", 5);
    /// sup over u of E|E_Z φ_1(⟨u, x⟩) Δ_2|, u any first-layer weights.
    GRADIENT_ANYWHERE = Quantity::result(
        "largest_gradient_2_anywhere", "",
        "largest E|E_Z φ₁(⟨u, x⟩) Δ₂| over probes u of all first-layer weights, neurons or not: 0 at a \
         global optimum, and no optimum where it stays (Pham & Nguyen 2021, (6))",
    ).from_depth(2).in_claims().in_insets();
    /// sup over steps k so far of |L_k − L^{kη}|.
    LARGEST_RISK_GAP = Quantity::result(
        "largest_risk_gap", "sup |L − L̄|",
        "largest |L_k − L^{kη}| of a residual network and the limit at 20 equal parts of the run until now",
    ).from_depth(2).in_insets();
    /// The error of a risk that a limit of drawn paths states itself.
    RISK_SAMPLING_ERROR = Quantity::result(
        "risk_refinement_error", "",
        "error of the population risk: half the width of a 95 % interval, from groups of paths that are \
         drawn apart",
    );
    /// Root mean square over the weights of layer 1 of w − w̄, w̄ the limit's.
    LAYER_DISTANCE_1 = distance_of_layer("distance_1", 2);
    /// The same of layer 2.
    LAYER_DISTANCE_2 = distance_of_layer("distance_2", 2);
    /// The same of layer 3.
    LAYER_DISTANCE_3 = distance_of_layer("distance_3", 3);
    /// The same of layer 4.
    LAYER_DISTANCE_4 = distance_of_layer("distance_4", 4);
    /// The same of layer 5.
    LAYER_DISTANCE_5 = distance_of_layer("distance_5", 5);
    /// D_T of Pham & Nguyen.
    LARGEST_DISTANCE_SO_FAR = Quantity::result(
        "distance", "D_T",
        "D_T, the largest |w − w̄| of any weight of any layer, now or at 200 equal parts of the run until \
         now, w̄ the limit's",
    ).from_depth(2).in_insets();

    /// Risk less the reference's.
    RISK_GAP = Quantity::gap("risk_gap", "risk minus the risk of the reference");
    /// Standard error of the mean over an ensemble.
    RISK_STANDARD_ERROR =
        Quantity::gap("risk_standard_error", "standard error of the mean risk over the runs");
    /// Expected excess of a network's risk over its limit's.
    RISK_BIAS = Quantity::gap(
        "risk_bias", "predicted excess b/N + c ε of the mean risk of networks over their limit's",
    );
    /// Predicted spread of the risk of one network.
    RISK_SPREAD = Quantity::gap(
        "predicted_spread", "predicted deviation of a network's recorded risk, second chaos included",
    );

    /// Points that have mass.
    MASSES = Quantity::result("masses", "", "points that have mass").at_rest("masses");
    /// Lemma 1's margin.
    MARGIN = Quantity::result(
        "margin",
        "",
        "the least of Ψ elsewhere, r → ∞ included, less Ψ at the mass: where it is ≥ 0 no law has less risk \
         (MMN 2018, Lemma 1)",
    ).at_rest("Lemma 1's margin");
    /// Slowest return of parts.
    INNER_RATE = Quantity::result(
        "inner_rate", "", "slowest rate at which parts of a mass return to it; negative: they leave",
    ).at_rest("inner rate");
    /// Slowest return of wholes.
    JOINT_RATE = Quantity::result(
        "joint_rate", "", "slowest rate at which masses return as wholes; negative: they leave",
    ).at_rest("joint rate");
    /// Radii at which a single mass is at rest.
    FIXED_POINTS = Quantity::result("fixed_points", "", "radii at which a single mass stands still")
        .at_rest("fixed points");
    /// Fixed points that attract.
    STABLE_FIXED_POINTS = Quantity::result(
        "stable_fixed_points", "", "those to which the mass and all its parts return (MMN 2018, Theorem 6)",
    ).at_rest("stable");
    /// Δ_d^l.
    THRESHOLD_LOW = Quantity::threshold(
        "threshold_low", "Δˡ", "Δ_d^l: from this separation of the data on one mass is optimal", "separation",
    ).at_rest("Δ^l");
    /// Δ_d^h.
    THRESHOLD_HIGH = Quantity::threshold(
        "threshold_high", "Δʰ", "Δ_d^h: up to this separation of the data one mass is optimal", "separation",
    ).at_rest("Δ^h");
    /// Δ_∞, the limit of a threshold: none at this d.
    THRESHOLD_LIMIT = Quantity::result("threshold_limit", "Δ_∞", "Δ_∞, to which Δ_d^h tends as d → ∞")
        .at_rest("Δ_∞");

    /// |total mass − 1|.
    MASS_ERROR = Quantity::certificate("mass_error", "|total mass − 1|", Certificate {
        subject: "the mass lost or gained",
        worst: Worst::Largest,
        // Rounding of as many sums as a run makes; Gibbs states are reported to 1e-10.
        threshold: Threshold::Fixed(1e-9),
        advice: "write more `cells`; of a scheme that keeps mass exactly this is a defect to report",
        report: Some(|worst| format!("mass kept to {worst:.1e}")),
    });
    /// λ_min of Assumption 2 on residual networks: min over ℓ of that of E h₁(β_ℓ) h₁(β_ℓ)ᵀ.
    LEAST_GRAM_EIGENVALUE = Quantity::certificate(
        "least_gram_eigenvalue",
        "least eigenvalue of E h₁(β_ℓ) h₁(β_ℓ)ᵀ at the inputs, over the layers ℓ of a residual network",
        Certificate {
            subject: "the least eigenvalue of the features' Gram matrices",
            worst: Worst::Smallest,
            // Labels along its vector are fitted in a time of about its inverse.
            threshold: Threshold::Fixed(1e-4),
            advice: "inputs are nearly parallel or many (Assumption 2): labels are fitted slowly, or not \
                     at all",
            report: Some(|worst| format!("Gram matrices ≥ {worst:.1e}")),
        },
    );
    /// Smallest density of any cell.
    MINIMUM_DENSITY = Quantity::certificate("minimum_density", "smallest density of any cell", Certificate {
        subject: "the smallest density",
        worst: Worst::Smallest,
        threshold: Threshold::Fixed(0.0),
        advice: "this is a defect of the scheme: please report it",
        report: Some(|worst| match worst >= 0.0 {
            true => "density ≥ 0".to_owned(),
            false => format!("density down to {worst:.1e}"),
        }),
    });
    /// |R(t) − R(0) + what was dissipated|.
    ENERGY_RESIDUAL = Quantity::certificate(
        "energy_residual",
        "|E(t) − E(0) + ∫ 4 ∫|∇Ψ|² dρ dt|, E = R + λ ∫|θ|²dρ",
        Certificate {
            subject: "the error of the energy balance",
            worst: Worst::Largest,
            threshold: Threshold::OfRisk(UNBALANCED),
            advice: "write more `cells`, a smaller `tolerance`, or for `jko` a smaller `step`",
            report: Some(|worst| format!("energy balance to {worst:.1e}")),
        },
    );
    /// Largest rise of the free energy in a step.
    FREE_ENERGY_RISE = Quantity::certificate(
        "free_energy_rise",
        "largest rise of the free energy in any step so far",
        Certificate {
            subject: "the largest rise of the free energy in a step",
            worst: Worst::Largest,
            // Steps that raise it by more than 1e-14 of its terms are refused.
            threshold: Threshold::Fixed(1e-9),
            advice: "write a smaller `tolerance`",
            report: Some(|worst| match worst <= 0.0 {
                true => "F falls at every step".to_owned(),
                false => format!("F rises by at most {worst:.1e} in a step"),
            }),
        },
    );
    /// Free energy less its dual bound.
    DUALITY_GAP = Quantity::certificate(
        "duality_gap",
        "no law's risk is lower by more than this",
        Certificate {
            subject: "the duality gap",
            worst: Worst::Largest,
            threshold: Threshold::Fixed(1e-6),
            advice: "the law is not the minimiser to this: \
                     write a smaller `kernel-tolerance` or a larger ridge",
            report: None,
        },
    ).mapped("bound on what a law could win", true);
    /// Estimated error of a quadrature.
    QUADRATURE_ERROR = Quantity::certificate(
        "quadrature_error",
        "change of the risk with twice the panels on a side, all sides together",
        Certificate {
            subject: "the error of the quadrature",
            worst: Worst::Largest,
            // Panels double until R changes by less than 1e-10.
            threshold: Threshold::Fixed(1e-8),
            advice: "write a larger ridge or a higher temperature",
            report: None,
        },
    );
    /// Smallest ratio of a stable step to the step taken.
    CFL_MARGIN = Quantity::certificate(
        "cfl_margin",
        "smallest ratio so far of a stable step to the step taken",
        Certificate {
            subject: "the smallest ratio of a stable step to a step taken",
            worst: Worst::Smallest,
            threshold: Threshold::Fixed(1.0),
            advice: "this is a defect of the scheme: please report it",
            report: Some(|worst| format!("CFL margin ≥ {worst:.2}")),
        },
    );
    /// Bound on the error of a truncated kernel.
    KERNEL_TRUNCATION = Quantity::certificate(
        "kernel_truncation",
        "bound on what the kernel leaves out",
        Certificate {
            subject: "what the kernel leaves out",
            worst: Worst::Largest,
            threshold: Threshold::ErrorOfRisk(0.02),
            advice: "write a smaller `kernel-tolerance`",
            report: Some(|worst| format!("kernel cut off at {worst:.1e}")),
        },
    );
    /// Part of the law that atoms leave unresolved.
    SAMPLING_ERROR = Quantity::certificate(
        "sampling_error",
        "estimate of what the atoms leave unresolved, a Wasserstein-1 distance",
        Certificate {
            subject: "the sampling error",
            worst: Worst::Largest,
            // Measured (scripts/coverage.py): a true error of the means is a fifth to a thirteenth of it
            // where `most-atoms` was reached, and far less where panels split as they ask for. Stated errors
            // contain it (`refinement`).
            threshold: Threshold::OfSpread(0.05),
            advice: "write a larger `most-atoms`, or more `atoms` than it ran with",
            report: None,
        },
    );
    /// Largest Newton step left undone.
    UNCONVERGED = Quantity::certificate("unconverged", "largest Newton step left undone so far", Certificate {
        subject: "the Newton step left undone",
        worst: Worst::Largest,
        // Where rounding lets nothing lower be found Newton stops at 1e-5, with no effect on the errors
        // (scripts/coverage.py).
        threshold: Threshold::Fixed(1e-4),
        advice: "write a smaller `step`, or for a Gibbs state a larger ridge or a higher temperature",
        report: None,
    });
    /// Largest mass in a cell at an outer edge.
    EDGE_MASS = Quantity::certificate(
        "edge_mass",
        "largest mass so far in the cell at the grid's outer edge",
        Certificate {
            subject: "the mass at the grid's edge",
            worst: Worst::Largest,
            threshold: Threshold::Fixed(1e-3),
            advice: "write more `cells`, or a wider `domain`",
            report: Some(|worst| format!("mass at the edge ≤ {worst:.1e}")),
        },
    );
    /// Drift over noise across a cell.
    CELL_PECLET = Quantity::certificate(
        "cell_peclet",
        "β |step of the potential across a cell's face|, the mean over the mass, along the worst axis",
        Certificate {
            subject: "drift over noise across a cell",
            worst: Worst::Largest,
            // From 2 on the fluxes are upwind ones and of first order (Scharfetter & Gummel's Bernoulli
            // function).
            threshold: Threshold::Fixed(2.0),
            advice: "write more `cells`, or without noise temperature = 0.0",
            report: Some(|worst| format!("cell Péclet number ≤ {worst:.1}")),
        },
    );
    /// 2 ε E |∇σ_*|².
    STEP_SHARE = Quantity::certificate(
        "step_share",
        "2 ε E |∇σ_*|², the share of its residual that a step of SGD takes away at its own sample",
        Certificate {
            subject: "the share of its residual that a step takes away",
            worst: Worst::Largest,
            // The closure was right to 10 % of the noise's effect up to 2.4 (docs/fluctuations.md).
            threshold: Threshold::Fixed(2.5),
            advice: "write a smaller `step-size`",
            report: Some(|worst| format!("a step takes up to {worst:.2} of its residual")),
        },
    );
    /// Estimated error of b and c in several coordinates.
    FLUCTUATION_ERROR = Quantity::certificate(
        "fluctuation_error",
        "by how much b or c differs with fewer atoms and degrees, as a share of the size of its parts",
        Certificate {
            subject: "the error of b and c",
            worst: Worst::Largest,
            threshold: Threshold::Fixed(0.05),
            advice: "where the law splits there is no first order in N and the step size: \
                     write a smaller `fluctuations-until`",
            report: Some(|worst| format!("b and c to {worst:.1e} of their parts")),
        },
    );
    /// Estimated error of the closure.
    CLOSURE_ERROR = Quantity::result(
        "closure_error",
        "",
        "estimate of the risk's error by the closure",
    ).in_insets();
    /// Steps taken again because the energy rose, or for accuracy.
    REPEATED_STEPS = Quantity::certificate("repeated_steps", "steps taken again, shorter", Certificate {
        subject: "steps taken again",
        worst: Worst::Largest,
        threshold: Threshold::Never,
        advice: "",
        report: Some(|worst| format!("{worst:.0} steps repeated")),
    });
}

/// How far the neurons of a hidden layer are apart, in networks of so many layers or more.
const fn spread_of_layer(name: &'static str, layers: usize) -> Quantity {
    let meaning = "root mean square over the inputs of the deviation of the layer's pre-activations across \
                   its neurons";
    Quantity::result(name, "", meaning).from_depth(layers).in_claims().in_insets()
}

/// How many directions of functions of the input the neurons of a layer span about their mean, in networks
/// of so many layers or more.
const fn effective_dimension_of_layer(name: &'static str, layers: usize) -> Quantity {
    let meaning = "effective dimension (Σλ)²/Σλ² of the span of the layer's pre-activations, λ the \
                   eigenvalues of their covariance over the inputs; 0 where neurons are equal";
    Quantity::result(name, "", meaning).from_depth(layers).in_claims().in_insets()
}

/// The largest gradient at one neuron of the layer before, in networks of so many layers or more.
const fn largest_gradient_of_layer(name: &'static str, layers: usize) -> Quantity {
    let meaning = "largest E|E_Z φ(H) Δ| over the neurons of the layer before: what keeps the layer's \
                   weights moving, without the schedule";
    Quantity::result(name, "", meaning).from_depth(layers).in_claims().in_insets()
}

/// How far the weights of a layer are from those of the limit, in networks of so many layers or more.
const fn distance_of_layer(name: &'static str, layers: usize) -> Quantity {
    let meaning = "root mean square over the layer's weights of w − w̄, w̄ the limit's from the same start";
    Quantity::result(name, "", meaning).from_depth(layers).in_insets()
}

/// The quantity that `name` denotes; None if it is not listed.
pub fn known(name: &str) -> Option<&'static Quantity> {
    ALL.iter().copied().find(|quantity| quantity.is_called(name))
}

/// The quantities that laws have of each coordinate, in their order.
pub fn statistics() -> impl Iterator<Item = (&'static Quantity, Statistic)> {
    ALL.iter().filter_map(|quantity| Some((*quantity, quantity.statistic?)))
}

/// Names that scenarios of networks with so many layers (two-layer networks: None) may claim, each as its
/// pattern: `mean_<coordinate>`.
pub fn in_claims(layers: Option<usize>) -> Vec<String> {
    let all = ALL.iter().filter(|quantity| quantity.shown.in_claims && quantity.exists_at_depth(layers));
    all.map(|quantity| quantity.pattern()).collect()
}

/// Names that may be an inset, each as its pattern.
pub fn in_insets(layers: Option<usize>) -> Vec<String> {
    let all = ALL.iter().filter(|quantity| quantity.shown.in_insets && quantity.exists_at_depth(layers));
    all.map(|quantity| quantity.pattern()).collect()
}

/// Whether this is the name of a certificate.
pub fn is_certificate(name: &str) -> bool {
    known(name).is_some_and(|quantity| quantity.as_certificate().is_some())
}

/// The certificates, in their order.
pub fn certificates() -> impl Iterator<Item = (&'static Quantity, &'static Certificate)> {
    ALL.iter().filter_map(|quantity| Some((*quantity, quantity.as_certificate()?)))
}

#[cfg(test)]
mod tests;
