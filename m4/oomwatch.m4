dnl SPDX-License-Identifier: GPL-2.0-or-later

dnl OOMWATCH_CFLAG(FLAG, VARIABLE): append FLAG to VARIABLE if the compiler knows it.
dnl -Werror makes clang refuse the warnings that it would only complain about.
AC_DEFUN([OOMWATCH_CFLAG], [
	AS_VAR_PUSHDEF([known], [oomwatch_cv_cflag_$1])
	AC_CACHE_CHECK([whether $CC accepts $1], [known], [
		oomwatch_saved_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS -Werror $1"
		AC_LINK_IFELSE([AC_LANG_PROGRAM()],
			[AS_VAR_SET([known], [yes])], [AS_VAR_SET([known], [no])])
		CFLAGS=$oomwatch_saved_CFLAGS
	])
	AS_VAR_IF([known], [yes], [AS_VAR_APPEND([$2], [" $1"])])
	AS_VAR_POPDEF([known])
])

dnl OOMWATCH_CFLAGS(FLAGS, VARIABLE): OOMWATCH_CFLAG for each of a blank-separated list.
AC_DEFUN([OOMWATCH_CFLAGS],
	[m4_foreach_w([oomwatch_flag], [$1], [OOMWATCH_CFLAG(m4_defn([oomwatch_flag]), [$2])])])
