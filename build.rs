//! Rebuilds the program when a file that is embedded in it changes or appears.

fn main() {
    for folder in [
        "atomics",
        "expectations",
        "detections",
        "fixtures",
        "schemas",
        "src/content/attack",
        "templates",
        "src/event/catalogue",
        "src/stage/simulate/program/models",
    ] {
        println!("cargo::rerun-if-changed={folder}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
