//! Makes Cargo notice new feature files: `include_dir` alone only sees changes in files it has seen before.

fn main() {
    println!("cargo:rerun-if-changed=../features");
    println!("cargo:rerun-if-changed=../fixtures");
}
