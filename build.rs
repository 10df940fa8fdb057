//! Rebuilds the program when a file that is embedded in it changes or appears.

fn main() {
    for folder in ["detections", "fixtures", "schemas", "src/event/catalogue"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
