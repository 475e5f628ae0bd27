/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "collect/names.h"
#include "collect/pods.h"
#include "parse/cgroup_name.h"
#include "tree.h"
#include "unit.h"

#define CART "5e1f77ab5e1f77ab5e1f77ab5e1f77ab5e1f77ab5e1f77ab5e1f77ab5e1f77ab"
#define PAY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define FOLDER "var/log/containers/"
#define SCOPE(id) "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" id ".scope"

static void names_of_links_are_taken_apart(void)
{
	static const struct {
		const char *label, *file, *want;
	} cases[] = {
		{ "usual", "cart-7d9f_shop_app-" CART ".log", "shop/cart-7d9f:app" },
		{ "blanks in a container", "a_b_c-d-e-" CART ".log", "b/a:c-d-e" },
		{ "no namespace", "cart-7d9f_app-" CART ".log", "" },
		{ "short id", "a_b_c-5e1f77ab.log", "" },
		{ "long id", "a_b_c-0" CART ".log", "" },
		{ "capitals",
			"a_b_c-5E1f77ab5e1f77ab5e1f77ab5e1f77ab5e1f77ab5e1f77ab5e1f77ab5e1f77ab"
			".log",
			"" },
		{ "another end", "a_b_c-" CART ".txt", "" },
		{ "no end", "a_b_c-" CART, "" },
		{ "no pod", "_b_c-" CART ".log", "" },
		{ "empty namespace", "a__c-" CART ".log", "" },
		{ "no container", "a_b_-" CART ".log", "" },
		{ "only the id", CART ".log", "" },
		{ "empty", "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[64] = "";
		const char *id = NULL;
		const size_t len = cgroup_container_log(cases[i].file, &id, buf, sizeof(buf));

		expect_int(cases[i].label, (int64_t)len, (int64_t)strlen(cases[i].want));
		expect_text(cases[i].label, len ? buf : "", cases[i].want);
		expect_int(cases[i].label, id != NULL, len > 0);
		if (id)
			expect_int(cases[i].label, memcmp(id, CART, CONTAINER_ID_DIGITS), 0);
	}
}

static void ids_of_paths_are_whole(void)
{
	static const struct {
		const char *path, *id;
	} cases[] = {
		{ SCOPE(CART), CART },
		{ "/docker/" PAY, PAY },
		{ "/docker/" PAY "/" CART, CART },
		{ "/docker/" PAY "/x", PAY },
		{ "/docker/0" PAY, NULL },
		{ "/docker/5e1f77ab", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *id = cgroup_container_id(cases[i].path);

		expect_int(cases[i].path, id != NULL, cases[i].id != NULL);
		if (id && cases[i].id)
			expect_int(cases[i].path, strncmp(id, cases[i].id, CONTAINER_ID_DIGITS), 0);
	}
}

static void containers_get_the_names_of_their_pods(void)
{
	static const struct tree_file one[] = {
		{ "proc/uptime", "1 1\n", 0 },
		{ FOLDER "cart-7d9f_shop_app-" CART ".log", "", 0 },
		{ FOLDER "no link of ours", "", 0 },
		{ 0 },
	};
	static const struct tree_file two[] = {
		{ FOLDER "pay-1_shop_api-" PAY ".log", "", 0 },
		{ 0 },
	};
	struct pods pods = { 0 };
	struct names names = { .pods = &pods };
	struct cgroup_name *cart, *pay;
	struct root root;
	char *dir = tree_make(one);

	if (!expect_true("tree", dir) || !expect_int("open", root_open_recorded(&root, dir), 0))
		return;
	expect_true("looked", pods_look(&pods, &root, 0));
	cart = names_cgroup(&names, SCOPE(CART));
	pay = names_cgroup(&names, SCOPE(PAY));
	expect_text("known", cart->container, "shop/cart-7d9f:app");
	expect_text("not known", pay->container, "containerd:00112233");
	expect_true("wanted", pods.wanted);
	expect_int("write", tree_write(dir, two), 0);
	expect_true("too soon", !pods_look(&pods, &root, 9999));
	expect_true("again", pods_look(&pods, &root, 10000));
	expect_text("as it was", pay->container, "containerd:00112233");
	names_rename(&names);
	expect_text("renamed", pay->container, "shop/pay-1:api");
	expect_text("stays", cart->container, "shop/cart-7d9f:app");
	expect_true("nobody is wanted", !pods_look(&pods, &root, 99999));
	names_cgroup_leave(cart, 1);
	names_cgroup_leave(pay, 1);
	names_free(&names);
	pods_free(&pods);
	root_close(&root);
	tree_remove(dir);
}

static void without_the_folder_nothing_is_known(void)
{
	static const struct tree_file none[] = { { "proc/uptime", "1 1\n", 0 }, { 0 } };
	struct pods pods = { 0 };
	struct root root;
	char *dir = tree_make(none);

	if (!expect_true("tree", dir) || !expect_int("open", root_open_recorded(&root, dir), 0))
		return;
	expect_true("nothing", !pods_look(&pods, &root, 0));
	expect_true("nobody", !pods_find(&pods, SCOPE(CART)));
	expect_true("still nothing", !pods_look(&pods, &root, 20000));
	pods_free(&pods);
	root_close(&root);
	tree_remove(dir);
}

extern CU_TestInfo pods_tests[];

CU_TestInfo pods_tests[] = {
	{ "names of links are taken apart", names_of_links_are_taken_apart },
	{ "ids of paths are whole", ids_of_paths_are_whole },
	{ "containers get the names of their pods", containers_get_the_names_of_their_pods },
	{ "without the folder nothing is known", without_the_folder_nothing_is_known },
	CU_TEST_INFO_NULL,
};
