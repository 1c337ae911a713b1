//! Every kernel, as a device's compiler reads it.

use std::path::PathBuf;

use super::*;
use meanfield_model::activation::PiecewiseLinear;
use meanfield_model::data::BlockClasses;
use meanfield_model::mixture::Mixture;
use meanfield_model::unit::Unit;

/// Names, shapes, and the kernels with and without a matrix unit.
fn cases() -> Vec<(&'static str, Shape, [KernelKind; 2])> {
    let small = Shape::figure_1(800, 40, Precision::Double);
    let data: Mixture = BlockClasses::anisotropic(13, 5, 0.6).expect("valid").into();
    let relu = Shape { neurons: 301, data, sigma: PiecewiseLinear::relu(), ..small.clone() };
    let affine = Shape { unit: Unit::Affine, ..relu.clone() };
    let noisy = Shape { is_disturbed: true, ..affine.clone() };
    let large = |neurons| Shape::figure_1(neurons, 1000, Precision::Double);
    let large_affine = Shape { unit: Unit::Affine, ..large(100_000) };
    vec![
        ("figure-1", small, [KernelKind::Resident, KernelKind::Streamed]),
        ("relu", relu, [KernelKind::Resident, KernelKind::Streamed]),
        ("affine", affine, [KernelKind::Streamed; 2]),
        ("d-320", Shape::figure_1(800, 320, Precision::Double), [KernelKind::Streamed; 2]),
        ("noisy", noisy, [KernelKind::Streamed; 2]),
        ("large", large(100_000), [KernelKind::Large; 2]),
        ("two-neurons-a-thread", large(200_000), [KernelKind::Large; 2]),
        ("four-neurons-a-thread", Shape::figure_1(400_000, 100, Precision::Double), [KernelKind::Large; 2]),
        ("ten-neurons-a-thread", Shape::figure_1(1_000_000, 100, Precision::Double), [KernelKind::Large; 2]),
        ("large-affine", large_affine, [KernelKind::Large; 2]),
    ]
}

/// An H100.
const H100: DeviceTraits = DeviceTraits { has_matrix_unit: true, most_shared: 232_448, multiprocessors: 132 };
/// A card with little shared memory.
const SMALL: DeviceTraits = DeviceTraits { has_matrix_unit: true, most_shared: 101_376, multiprocessors: 28 };

/// Kernels in both precisions, as cards choose them; names say for which capability.
fn kernels() -> Vec<(String, (i32, i32), KernelSource)> {
    let mut kernels = Vec::new();
    for (name, shape, [with, without]) in cases() {
        for precision in [Precision::Double, Precision::Single] {
            let shape = Shape { precision, ..shape.clone() };
            let is_single = precision == Precision::Single;
            let bare = DeviceTraits { has_matrix_unit: false, ..H100 };
            let small = DeviceTraits { has_matrix_unit: is_single, ..SMALL };
            let cards = [((9, 0), H100, Some(with)), ((7, 5), bare, Some(without)), ((8, 6), small, None)];
            for (capability, traits, kind) in cards {
                let source = kernel_for(&shape, traits);
                assert!(kind.is_none_or(|kind| source.kind == kind), "{name} {precision:?} {capability:?}");
                assert!(source.shared_bytes <= traits.most_shared, "{name} {precision:?} {capability:?}");
                let (major, minor) = capability;
                let kind = format!("{:?}", source.kind);
                kernels.push((format!("{name}-{kind}-{precision:?}-sm_{major}{minor}"), capability, source));
            }
        }
    }
    kernels
}

#[test]
fn sizes_choose_the_kernel_and_it_fits() {
    assert_eq!(kernels().len(), 6 * cases().len());
}

/// Leaves what the compiler makes in the folder that MEANFIELD_KERNELS names, for scripts/kernels.
#[test]
#[ignore = "needs NVRTC, but no device: scripts/kernels"]
fn kernels_compile() {
    let folder = std::env::var_os("MEANFIELD_KERNELS").map(PathBuf::from).expect("a folder");
    for (name, capability, source) in kernels() {
        let ptx = compile(&source, capability).unwrap_or_else(|error| panic!("{name}: {error}"));
        std::fs::write(folder.join(name + ".ptx"), ptx.to_src()).expect("a folder");
    }
}
