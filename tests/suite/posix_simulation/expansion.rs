//! Expansion and flow, with the shells of this machine as an oracle where they are.

use std::process::Command;

use super::Host;

/// Scripts that only write, and mean the same in every shell.
const EVERYWHERE: &[&str] = &[
    "x=a; echo $x ${x} \"$x\" '$x' \\$x",
    "x='a  b c'; echo $x; echo \"$x\"; set -- $x; echo $#",
    "echo ${x:-d} ${x-d} ${x:=e} $x ${x:+f} ${y+g}.",
    "x=; echo [${x:-d}] [${x-d}] [${x:+f}] [${x+g}]",
    "p=/usr/lib/libfoo.tar.gz; echo ${p#*/} ${p##*/} ${p%.*} ${p%%.*} ${#p}",
    "p='a*b'; echo \"${p#a\\*}\" \"${p#'a*'}\"",
    "x=abc; echo \"${x#\"a\"}\" ${x%\"c\"}",
    "set -- 'a b' c; for i in \"$@\"; do echo \"<$i>\"; done; for i in $@; do echo \"<$i>\"; done",
    "set -- 'a b' c; for i in \"$*\"; do echo \"<$i>\"; done; IFS=:; echo \"$*\"",
    "set --; for i in \"$@\"; do echo no; done; echo $#; echo \"[$@]\"",
    "set -- a b c d e f g h i j k; echo $1 ${10} ${11} $10; shift 2; echo $1 $#",
    "IFS=:; x=a::b:c:; set -- $x; echo $#; for i; do echo \"<$i>\"; done",
    "IFS=' :'; x=' a : b  c:d '; set -- $x; for i; do echo \"<$i>\"; done",
    "echo $(echo a; echo b) \"$(echo a; echo b)\" `echo c`",
    "echo \"$(echo \"a b\" 'c')\" \"`echo \\`echo d\\``\"",
    "echo $((1+2*3)) $(( (1+2)*3 )) $((7/2)) $((7%3)) $((1<<4)) $((5>3 && 2<1)) $((0x1f)) $((010))",
    "x=3; echo $((x+1)) $(($x*2)) $((x==3?10:20)); : $((x+=4)); echo $x $((-x)) $((!x)) $((~x))",
    "true && echo a || echo b; false && echo a || echo b; ! true || echo c; ! false && echo d",
    "if true; then echo 1; elif true; then echo 2; else echo 3; fi; if false; then echo 4; fi; echo $?",
    "false; echo $?; true; echo $?; (exit 3); echo $?; sh_fn() { return 4; }; sh_fn; echo $?",
    "i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i",
    "for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done",
    "for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done",
    "case abc in a) echo 1;; a*|x) echo 2;; *) echo 3;; esac; case '' in '') echo e;; esac",
    "case 'a b' in *' '*) echo blank;; esac; x='*'; case abc in \"$x\") echo lit;; $x) echo glob;; esac",
    "case a-b in [a-c]-[!a]) echo set;; esac; case 5 in [[:digit:]]) echo digit;; esac",
    "f() { echo \"$1-$2-$#\"; x=in; }; x=out; f a 'b c'; echo $x",
    "f() { local x=in; echo $x; }; x=out; f; echo $x",
    "(x=1; echo $x); echo ${x:-unset}; { x=2; }; echo $x",
    "echo a | { read x; echo \"got $x\"; }; printf 'a b c\\n' | { read x y; echo \"$x:$y\"; }",
    "printf '1\\n2\\n3\\n' | while read n; do echo \"n=$n\"; done",
    "printf '  a\\\\b  \\n' | { read -r x; echo \"[$x]\"; }; printf 'a\\\\tb\\n' | { read x; echo \"[$x]\"; }",
    "cat <<E\nx=$((1+1)) $(echo sub) \\$y \"q\"\nE",
    "cat <<'E'\n$x `y` \\z\nE\necho after",
    "cat <<-E\n\ttabs\n\t\tgone\n\tE",
    "cat <<A; cat <<B\na\nA\nb\nB",
    "printf '%s-%s\\n' a b c; printf '%5s|%-5s|%05d|%x|%o\\n' ab cd 42 255 8; printf '%%|%c|%b\\n' xyz 'a\\tb'",
    "printf 'a\\tb\\\\n\\101\\n'; printf '%d %i\\n' 0x10 -5; printf '%.2s|\\n' abcdef; printf '%s\\n'",
    "[ a = a ] && [ a != b ] && [ -n x ] && [ -z '' ] && [ 2 -gt 1 ] && [ ! -n '' ] && echo ok",
    "test 1 -eq 1 -a 2 -eq 2 && echo and; [ 1 = 2 -o 3 = 3 ] && echo or; [ '(' a = a ')' ] && echo paren",
    "[ ]; echo $?; [ x ]; echo $?; [ a -eq 1 ] 2>/dev/null; echo $?; [ -n ]; echo $?",
    "trap 'echo bye' EXIT; echo hi; exit 5",
    "eval 'x=1; echo $x'; eval \"y='a b'\"; echo \"$y\"",
    "x=a; x=b eval 'echo $x'; unset x; echo ${x-gone}",
    "readonly r=1; echo $r; export e=2; echo $e; sh -c 'echo $e'",
    "echo a b\\ c 'd e'\"f g\"; echo a\\\nb; echo \"a\\\nb\"; echo '#no' a#b # yes",
    "set -e; echo a; false; echo b",
    "set -e; if false; then :; fi; false || echo c; ! true; echo d; (exit 2); echo e",
    "set -u; echo ${x:-ok}; echo $x; echo no",
    "set -f; echo *; set +f; echo '*' \"*\"",
    "x=$(false); echo $?; x=$(exit 7) || echo fail $?",
    "echo one; echo two >/dev/null; echo three 1>&2 2>/dev/null; { echo four; echo five; } | cat",
    "echo ~ | cat | wc -l | tr -d ' '; x=~; [ \"$x\" = \"$HOME\" ] && echo home; echo '~' \"~\"",
    "getopts_test() { while getopts ab:c o; do echo \"$o ${OPTARG-}\"; OPTARG=; done; }; getopts_test -a -b v -c",
    "exec 3>&1; echo to3 >&3; exec 3>&-; echo end",
    "! { false; }; echo $?; { true; false; }; echo $?; ( true ) && echo t",
    "while :; do echo once; break; done; for x in; do echo no; done; echo done",
    "a=1 b=2; echo $a$b; a=$b b=3; echo $a$b; c=\"$a $b\" d=$c; echo \"$d\"",
    "echo \"${x:-\"a b\"}\" ${x:-a  b} \"${x:-'q'}\" \"${x:-}\"; echo \"a${x}b\"",
    "unset x; echo ${x:-${y:-deep}} ${x:-$(echo sub)} ${x:-`echo bq`}",
    "if [ -f /definitely/not ]; then echo y; else echo n; fi >/dev/null; echo z",
    "x='a;b|c&d'; echo $x; echo \"$x\"; echo a';'b",
    "f() { echo f; }; f; unset -f f; command echo c; command -v echo; type cd >/dev/null && echo t",
    "umask 027; umask; set -- -x; echo $1; echo -- -n; shift; echo $#",
    "false | true; echo $?; true | false; echo $?; echo a | (read x; echo $x$x)",
    "seq 3 | sort -r | head -n 2; echo b,a,c | tr ',' '\\n' | sort | tr '\\n' ' '; echo",
    "echo 'a:b:c' | cut -d: -f2; echo abcdef | cut -c2-4; printf 'x\\nx\\ny\\n' | uniq -c | tr -s ' '",
    "echo 'hello world' | sed 's/o/0/g'; echo abc | sed -n 's/b\\(.\\)/[\\1]/p'; printf '1\\n2\\n3\\n' | sed '2d'",
    "printf 'ab\\ncd\\n' | grep c; printf 'ab\\ncd\\n' | grep -v c; printf 'a\\nb\\n' | grep -c .; echo x | grep -q y; echo $?",
    "basename /a/b.txt .txt; dirname /a/b/c; dirname x; basename /; echo aGk= | base64 -d; echo; printf hi | base64",
    "echo hi | tr a-z A-Z; echo 'a1b2' | tr -cd '0-9'; echo; echo 'aabb' | tr -s 'ab'; printf 'a b\\n' | wc -w | tr -d ' '",
    "echo 1 2 3 | xargs -n 1 echo n; printf 'a\\nb\\n' | xargs -I{} echo '<{}>'; expr 1 + 2; expr substr abcdef 2 3",
    "printf 'a\\nb\\nc\\n' | tail -n 1; printf 'a\\nb\\nc\\n' | tail -n +2; printf 'a\\nb\\nc\\n' | head -1",
];

/// The same for Bash.
const BASH: &[&str] = &[
    "echo {a,b}{1,2} x{1..3}y {3..1} {a..c} {01..03} {x} {} a{b c}d '{a,b}' {a,{b,c}}",
    "a=(1 'b c' 3); echo ${a[1]} ${#a[@]} \"${a[@]}\" ${a[-1]}; for i in \"${a[@]}\"; do echo \"<$i>\"; done",
    "a=(x); a+=(y z); a[5]=w; echo ${a[*]} ${!a[@]}; unset 'a[0]'; echo ${a[@]}",
    "declare -A m; m[k]=v; m[x y]=z; echo ${m[k]} ${m[x y]} ${#m[@]}",
    "x=hello; echo ${x:1:3} ${x: -2} ${x/l/L} ${x//l/L} ${x/#he/HE} ${x/%lo/LO} ${x^} ${x^^} ${x:1}",
    "x=HeLLo; echo ${x,,} ${x,}; y=x; echo ${!y}; set -- a b c d; echo ${@:2} ${@:2:2}",
    "[[ abc == a* ]] && echo glob; [[ abc == 'a*' ]] || echo lit; [[ ab =~ ^(a)(b)$ ]] && echo ${BASH_REMATCH[1]}${BASH_REMATCH[2]}",
    "[[ -n a && ( -z '' || x == y ) ]] && echo ok; [[ ! a == b ]] && echo not; x='a b'; [[ $x == 'a b' ]] && echo nosplit",
    "((x=5, x>3)) && echo $x; ((x--)); echo $x; for ((i=0;i<3;i++)); do echo $i; done; let y=2*3; echo $y",
    "echo $'a\\tb\\x41\\n'; cat <<< \"here $((1+1))\"; echo -e 'a\\tb'; echo -n x; echo -E 'a\\tb'",
    "read a b <<< '1 2 3'; echo \"$a|$b\"; IFS=, read -ra l <<< 'x,y,z'; echo ${#l[@]} ${l[1]}",
    "function f { echo \"f $1\"; }; f x; x=1; x+=2; echo $x; printf -v z '%03d' 7; echo $z",
    "set -o pipefail; false | true; echo $?; echo a |& cat; { echo e >&2; } 2>&1 | cat",
    "case x in x) echo 1;;& *) echo 2;& y) echo 3;; z) echo 4;; esac; source /dev/null; echo $?",
    "mapfile -t l < <(printf 'a\\nb\\n'); echo ${#l[@]} ${l[1]}; echo ${x@Q}; y='a b'; echo ${y@U}",
    "echo $((2**10)) $((16#ff)) $((x++ + ++x)) $x; a=(1 2); echo $((a[0]+1)) 2>/dev/null || true",
    "echo a &>/dev/null; time true; ! [[ a == b ]]; echo $?; echo \"${x:-q}\"",
];

fn truth(shell: &str, script: &str) -> Option<(String, i32)> {
    let path = format!("/bin/{shell}");
    if !std::path::Path::new(&path).exists() {
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(path)
        .arg("-c")
        .arg(script)
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/home/avery")
        .env("LC_ALL", "C")
        .output()
        .expect("a shell that runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some((text, output.status.code().unwrap_or(-1)))
}

fn compare(shell: &str, model: fn() -> Host, scripts: &[&str]) {
    let mut wrong = Vec::new();
    for script in scripts {
        let Some((text, code)) = truth(shell, script) else {
            println!("skipped: /bin/{shell} is not here");
            return;
        };
        let finished = model().run(script);
        let said = finished
            .output
            .clone()
            .unwrap_or_else(|| "(not known)".to_owned());
        if said != text || finished.exit_code != Some(code) {
            wrong.push(format!(
                "{script}\n  {shell}: {text:?} {code}\n  here: {said:?} {:?}",
                finished.exit_code
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        scripts.len(),
        wrong.join("\n")
    );
}

#[test]
fn scripts_say_what_they_say_in_bash() {
    compare("bash", Host::bash, EVERYWHERE);
    compare("bash", Host::bash, BASH);
}

#[test]
fn scripts_say_what_they_say_in_the_posix_shell() {
    // What `/bin/sh` is differs; `dash` is what is modelled.
    compare("dash", Host::sh, EVERYWHERE);
}
