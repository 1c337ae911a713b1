//! Every kernel, as a device's compiler reads it.

use std::path::PathBuf;

use super::*;
use meanfield_model::activation::PiecewiseLinear;
use meanfield_model::data::BlockClasses;
use meanfield_model::mixture::Mixture;
use meanfield_model::unit::Unit;

/// Names, shapes, and the kernels with and without a matrix unit.
fn cases() -> Vec<(&'static str, Shape, [Path; 2])> {
    let small = Shape::figure_1(800, 40, Precision::Double);
    let data: Mixture = BlockClasses::anisotropic(13, 5, 0.6).expect("valid").into();
    let relu = Shape { neurons: 301, data, sigma: PiecewiseLinear::relu(), ..small.clone() };
    let affine = Shape { unit: Unit::Affine, ..relu.clone() };
    let noisy = Shape { is_disturbed: true, ..affine.clone() };
    let large = |neurons| Shape::figure_1(neurons, 1000, Precision::Double);
    let large_affine = Shape { unit: Unit::Affine, ..large(100_000) };
    vec![
        ("figure-1", small, [Path::Resident, Path::Streamed]),
        ("relu", relu, [Path::Resident, Path::Streamed]),
        ("affine", affine, [Path::Streamed; 2]),
        ("d-320", Shape::figure_1(800, 320, Precision::Double), [Path::Streamed; 2]),
        ("noisy", noisy, [Path::Streamed; 2]),
        ("large", large(100_000), [Path::Large; 2]),
        ("two-neurons-a-thread", large(200_000), [Path::Large; 2]),
        ("large-affine", large_affine, [Path::Large; 2]),
    ]
}

/// Needs no device: NVRTC alone, where it is. What it makes is left in the folder that MEANFIELD_KERNELS
/// names, where it does: scripts/kernels looks at it.
#[test]
fn kernels_compile() {
    #[allow(unsafe_code, reason = "as in `context`")]
    let has_compiler = unsafe { cudarc::nvrtc::sys::is_culib_present() };
    let folder = std::env::var_os("MEANFIELD_KERNELS").map(PathBuf::from);
    assert!(has_compiler || folder.is_none(), "no NVRTC");
    for (name, shape, paths) in cases() {
        for precision in [Precision::Double, Precision::Single] {
            for (has_matrix_unit, path) in [true, false].into_iter().zip(paths) {
                let traits = Traits { has_matrix_unit, multiprocessors: 132 };
                let source = kernel_for(&Shape { precision, ..shape.clone() }, traits);
                assert_eq!(source.path, path, "{name} {precision:?}");
                if has_compiler {
                    let ptx = compile(&source, (9, 0)).unwrap_or_else(|error| panic!("{name}: {error}"));
                    leave(folder.as_ref(), &format!("{name}-{path:?}-{precision:?}.ptx"), &ptx);
                }
            }
        }
    }
}

/// Writes what was compiled into a folder.
fn leave(folder: Option<&PathBuf>, name: &str, ptx: &Ptx) {
    if let Some(folder) = folder {
        std::fs::write(folder.join(name), ptx.to_src()).expect("a folder");
    }
}
