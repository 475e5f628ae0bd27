/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The format files of a tracepoint, as two kernels print them.
 */
#ifndef OOMWATCH_TESTS_MARK_FORMATS_H
#define OOMWATCH_TESTS_MARK_FORMATS_H

/* oom/mark_victim of 5.10 and of 7.2 (that of 6.12 is the same but for the ID). */
static const char mark_5_10[] =
	"name: mark_victim\n"
	"ID: 485\n"
	"format:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
	"\n"
	"\tfield:int pid;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\n"
	"print fmt: \"pid=%d\", REC->pid\n";

static const char mark_7_2[] =
	"name: mark_victim\n"
	"ID: 573\n"
	"format:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
	"\n"
	"\tfield:int pid;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\tfield:__data_loc char[] comm;\toffset:12;\tsize:4;\tsigned:0;\n"
	"\tfield:unsigned long total_vm;\toffset:16;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned long anon_rss;\toffset:24;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned long file_rss;\toffset:32;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned long shmem_rss;\toffset:40;\tsize:8;\tsigned:0;\n"
	"\tfield:uid_t uid;\toffset:48;\tsize:4;\tsigned:0;\n"
	"\tfield:unsigned long pgtables;\toffset:56;\tsize:8;\tsigned:0;\n"
	"\tfield:short oom_score_adj;\toffset:64;\tsize:2;\tsigned:1;\n"
	"\n"
	"print fmt: \"pid=%d comm=%s total-vm=%lukB anon-rss=%lukB file-rss:%lukB shmem-rss:%lukB uid=%u pgtables=%lukB oom_score_adj=%hd\", REC->pid, __get_str(comm), REC->total_vm, REC->anon_rss, REC->file_rss, REC->shmem_rss, REC->uid, REC->pgtables, REC->oom_score_adj\n";

#endif
